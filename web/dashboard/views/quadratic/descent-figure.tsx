/** Losses of descents on a quadratic problem. */
import { useMemo } from 'preact/hooks';
import type { DescentCurvePoint } from '../../../../src/app/server/contract/records.ts';
import { CurveChart } from '../../../charts/curve-chart.tsx';
import { curvesSvg } from '../../../charts/curves-svg.ts';
import type { CurveFigure } from '../../../charts/figure-data.ts';
import { logAxis } from '../../../charts/placed-axis.ts';
import { palette } from '../../../page/appearance.ts';
import { Figure } from '../../../parts/figure.tsx';

/** A method and its way down. */
export interface Descent {
  readonly name: string;
  readonly title: string;
  readonly curve: readonly DescentCurvePoint[];
}

export interface DescentFigureProps {
  readonly title: string;
  readonly descents: readonly Descent[];
  readonly height?: number;
}

/** Losses below this share of the first are as good as none. */
const FLOOR = 1e-8;

function descentFigure(descents: readonly Descent[], series: readonly string[]): CurveFigure | null {
  const steps = [...new Set(descents.flatMap(({ curve }) => curve.map(({ step }) => step)))]
    .filter((step) => step > 0)
    .sort((a, b) => a - b);
  if (steps.length === 0) return null;
  const placeOf = new Map(steps.map((step, index) => [step, index]));
  return {
    positions: steps.map(Math.log10),
    curves: descents.map(({ name, title, curve }, index) => {
      const values: (number | null)[] = new Array(steps.length).fill(null);
      for (const { step, loss } of curve) {
        const place = placeOf.get(step);
        if (place !== undefined) values[place] = loss;
      }
      return { key: name, label: title, colour: series[index % series.length] as string, values };
    }),
    x: logAxis('step'),
    y: logAxis('loss ÷ first loss'),
    floor: FLOOR,
  };
}

export function DescentFigure({ title, descents, height = 320 }: DescentFigureProps) {
  const { series } = palette.value;
  const figure = useMemo(() => descentFigure(descents, series), [descents, series]);
  const caption =
    'Loss relative to the first, each method at its best learning rate; both axes are logarithmic.';
  return (
    <Figure
      title={title}
      caption={caption}
      svg={figure ? () => curvesSvg(figure, title, caption) : undefined}
    >
      <ul class="legend">
        {descents.map(({ name, title: method }, index) => (
          <li key={name}>
            <span class="swatch" style={{ borderTopColor: series[index % series.length] }} />
            {method}
          </li>
        ))}
      </ul>
      {figure && <CurveChart figure={figure} label={title} height={height} zoomKey={title} />}
    </Figure>
  );
}
