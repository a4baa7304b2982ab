/** The loss along eigenvectors, each in a panel of its own, beside the parabola that slope and eigenvalue make. */
import * as Plot from '@observablehq/plot';
import type { LossSlice } from '../../../study/estimates/loss-slice.ts';
import { formatNumber } from '../format.ts';
import { type Chart, plotFragment, text } from '../svg.ts';
import type { Palette } from '../theme.ts';

const COLUMNS = 3;
const PANEL = { width: 280, height: 210 };
const GAP = 14;
const HEADING = 30;

/** @param subject what the loss is of, for the title. */
export function lossSlicesChart(subject: string, slices: readonly LossSlice[], palette: Palette): Chart {
  const columns = Math.min(COLUMNS, slices.length);
  const rows = Math.ceil(slices.length / columns);
  const rowHeight = HEADING + PANEL.height + GAP;
  const body = slices.map((slice, index) => {
    const x = (index % columns) * (PANEL.width + GAP);
    const y = Math.floor(index / columns) * rowHeight;
    const heading = text(`${slice.name}: λ = ${formatNumber(slice.value)}`, x + 4, y + 16, {
      'font-size': 12,
      'font-weight': 'bold',
      fill: palette.ink,
    });
    return heading + panel(slice, x, y + HEADING, palette);
  });
  return {
    name: 'loss-slices',
    title: `The loss of ${subject} along eigenvectors`,
    caption:
      'Solid: the loss at w + t v for the unit eigenvector v. Dashed: loss + t gᵀv + t² λ / 2, as slope and eigenvalue foretell it. The loss is drawn out to where the bend alone would change it by the loss itself.',
    width: columns * PANEL.width + (columns - 1) * GAP,
    height: rows * rowHeight,
    minWidth: 480,
    body: body.join(''),
  };
}

function panel({ points }: LossSlice, x: number, y: number, palette: Palette): string {
  const drawn = points.filter(({ loss }) => Number.isFinite(loss));
  return plotFragment(
    {
      ...PANEL,
      marginLeft: 48,
      marginBottom: 34,
      x: { label: 't', grid: true, ticks: 5, tickFormat: (t: number) => formatNumber(t, 2) },
      y: { label: 'loss (nats)', grid: true, ticks: 5, tickFormat: (loss: number) => formatNumber(loss, 3) },
      marks: [
        Plot.ruleX([0], { stroke: palette.muted, strokeDasharray: '2,2' }),
        Plot.line(points, { x: 't', y: 'parabola', stroke: palette.muted, strokeDasharray: '5,3' }),
        Plot.line(drawn, { x: 't', y: 'loss', stroke: palette.accent, strokeWidth: 2 }),
      ],
    },
    palette,
    x,
    y,
  );
}
