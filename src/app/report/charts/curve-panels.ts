/** Training curves of several subjects, a panel each. */
import { type Chart, text } from '../svg.ts';
import type { Palette } from '../theme.ts';
import { type CurvePoint, type TrainingCurve, trainingCurvesChart } from './training-curves.ts';

/** One panel. */
export interface CurvePanel {
  readonly title: string;
  readonly curves: readonly TrainingCurve[];
}

const PANEL = { width: 440, height: 270 };
const GAP = 24;
const TITLE_HEIGHT = 24;
const COLUMNS = 2;
/** Steps over which the losses of batches are averaged, as a share of all. */
const SMOOTHED_SHARE = 0.04;
/** Losses of zero have no place on a logarithmic axis. */
const LEAST_LOSS = 1e-4;

/** Panels in rows of two. Losses of batches are moving means, losses below 1e-4 are drawn there. */
export function curvePanelsChart(
  name: string,
  title: string,
  caption: string,
  panels: readonly CurvePanel[],
  palette: Palette,
): Chart {
  const charts = panels.map((panel) =>
    trainingCurvesChart(panel.title, panel.curves.map(drawable), palette, PANEL),
  );
  const rowCount = Math.ceil(charts.length / COLUMNS);
  const rows = Array.from({ length: rowCount }, (_, row) => charts.slice(COLUMNS * row, COLUMNS * (row + 1)));
  const heights = rows.map((row) => TITLE_HEIGHT + Math.max(...row.map(({ height }) => height)));
  const tops = heights.map((_, row) => heights.slice(0, row).reduce((sum, height) => sum + height + GAP, 0));
  const body = charts.map((chart, index) => {
    const [row, column] = [Math.floor(index / COLUMNS), index % COLUMNS];
    const [x, y] = [column * (PANEL.width + GAP), tops[row] as number];
    const heading = text((panels[index] as CurvePanel).title, x + 60, y + 13, {
      'font-size': 14,
      'font-weight': 'bold',
      fill: palette.ink,
    });
    return `${heading}<g transform="translate(${x},${y + TITLE_HEIGHT})">${chart.body}</g>`;
  });
  return {
    name,
    title,
    caption: `${caption} Thin: the mean loss of the batches, averaged over neighbouring steps. Thick, with dots: the mean loss on the examples that were held back.`,
    width: Math.min(COLUMNS, charts.length) * (PANEL.width + GAP) - GAP,
    height: heights.reduce((sum, height) => sum + height, 0) + GAP * (rowCount - 1),
    body: body.join(''),
    minWidth: 640,
  };
}

function drawable({ label, training, validation }: TrainingCurve): TrainingCurve {
  return { label, training: smoothed(training).map(raised), validation: validation.map(raised) };
}

function raised({ step, loss }: CurvePoint): CurvePoint {
  return { step, loss: Math.max(loss, LEAST_LOSS) };
}

/** Each point becomes the mean of those up to half a window away. */
function smoothed(points: readonly CurvePoint[]): CurvePoint[] {
  const reach = Math.floor((SMOOTHED_SHARE * points.length) / 2);
  return points.map(({ step }, index) => {
    const near = points.slice(Math.max(0, index - reach), index + reach + 1);
    return { step, loss: near.reduce((sum, { loss }) => sum + loss, 0) / near.length };
  });
}
