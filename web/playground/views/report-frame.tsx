/** A report that was opened: a page of nobody's, which reaches neither this page nor the network. */
import { useEffect, useRef } from 'preact/hooks';
import { report } from '../state/opened.ts';

export interface ReportFrameProps {
  readonly name: string;
  readonly html: string;
}

export function ReportFrame({ name, html }: ReportFrameProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    const handOver = ({ source, data }: MessageEvent) => {
      const target = frame.current?.contentWindow;
      // The frame has no origin that could be named; only the window itself is known.
      if (target && source === target && data === 'ready') target.postMessage(html, '*');
    };
    window.addEventListener('message', handOver);
    return () => window.removeEventListener('message', handOver);
  }, [html]);
  return (
    <section class="report" aria-label={`Report ${name}`}>
      <div class="figure-head">
        <h2>{name}</h2>
        <button
          type="button"
          class="quiet"
          onClick={() => {
            report.value = null;
          }}
        >
          Close
        </button>
      </div>
      <iframe ref={frame} key={html} title={name} src="./report-frame.html" sandbox="allow-scripts" />
    </section>
  );
}
