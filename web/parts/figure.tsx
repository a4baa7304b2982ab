/** A figure: title, one sentence of caption, what it shows, and the files to take away. */
import type { ComponentChildren } from 'preact';
import { fileNameOf, savePng, saveSvg } from '../charts/save-file.ts';

export interface FigureProps {
  readonly title: string;
  readonly caption: ComponentChildren;
  /** Choices above the drawing. */
  readonly controls?: ComponentChildren;
  /** The figure as SVG, for SVG and PNG files; made when it is asked for. */
  readonly svg?: (() => string | null) | undefined;
  /** The stem of the files' names. */
  readonly fileName?: string;
  readonly children: ComponentChildren;
  readonly class?: string;
}

export function Figure({
  title,
  caption,
  controls,
  svg,
  fileName = title,
  children,
  class: name = '',
}: FigureProps) {
  const stem = fileNameOf(fileName);
  const withSvg = (save: (name: string, text: string) => unknown) => () => {
    const text = svg?.();
    if (text) void save(stem, text);
  };
  return (
    <figure class={`figure ${name}`}>
      <figcaption>
        <div class="figure-head">
          <h2>{title}</h2>
          {svg && (
            <span class="button-row">
              <button type="button" class="quiet" aria-label={`${title} as SVG`} onClick={withSvg(saveSvg)}>
                SVG
              </button>
              <button type="button" class="quiet" aria-label={`${title} as PNG`} onClick={withSvg(savePng)}>
                PNG
              </button>
            </span>
          )}
        </div>
        <p class="caption">{caption}</p>
      </figcaption>
      {controls && <div class="controls">{controls}</div>}
      {children}
    </figure>
  );
}
