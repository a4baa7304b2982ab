/** The machine's load over the last minutes. */
import { formatBytes } from '../../../../src/app/report/format.ts';
import { CurveChart } from '../../../charts/curve-chart.tsx';
import { curvesSvg } from '../../../charts/curves-svg.ts';
import { linearAxis } from '../../../charts/placed-axis.ts';
import { palette } from '../../../page/appearance.ts';
import { Figure } from '../../../parts/figure.tsx';
import { machine } from '../../api/live.ts';

const TITLE = 'The machine';
/** Seconds between readings. */
const READING_SECONDS = 2;

export function MachineFigure() {
  const readings = machine.value;
  const last = readings.at(-1);
  if (!last || readings.length < 2) return null;
  const [accent, other] = [palette.value.accent, palette.value.series[2] as string];
  const used = readings.map(({ freeBytes, totalBytes }) => (100 * (totalBytes - freeBytes)) / totalBytes);
  const figure = {
    positions: readings.map((_, index) => (index - readings.length + 1) * READING_SECONDS),
    curves: [
      { key: 'load', label: 'processors', colour: accent, values: readings.map(({ load }) => 100 * load) },
      { key: 'memory', label: 'memory', colour: other, values: used, isDashed: true },
      // Keeps the axis at 0 to 100 %.
      {
        key: 'frame',
        label: '',
        colour: 'transparent',
        values: readings.map((_, at) => (at === 0 ? 0 : 100)),
      },
    ],
    x: linearAxis('seconds from now'),
    y: linearAxis('busy, %'),
  };
  const caption = `Share of ${last.processors} processors that is busy, and of ${formatBytes(last.totalBytes)} of memory that is taken; ${formatBytes(last.freeBytes)} are free.`;
  return (
    <Figure title={TITLE} caption={caption} svg={() => curvesSvg(figure, TITLE, caption)}>
      <ul class="legend">
        <li>
          <span class="swatch" style={{ borderTopColor: accent }} />
          processors
        </li>
        <li>
          <span class="swatch is-dashed" style={{ borderTopColor: other }} />
          memory
        </li>
      </ul>
      <CurveChart
        figure={figure}
        label="Load of the machine over the last minutes"
        height={140}
        zoomKey="machine"
      />
    </Figure>
  );
}
