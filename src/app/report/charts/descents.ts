/** Losses of descents on quadratic problems, a panel for each problem. */
import * as Plot from '@observablehq/plot';
import type { QuadraticContest } from '../../../quadratic/contest.ts';
import { formatNumber } from '../format.ts';
import { type Chart, dotLegend, plotFragment, text } from '../svg.ts';
import type { Palette } from '../theme.ts';

const PANEL = { width: 440, height: 300 };
const GAP = 24;
const COLUMNS = 2;
const TITLE_HEIGHT = 24;
const LEGEND_HEIGHT = 30;
/** Losses below are drawn here: rounding, or nothing. */
const LEAST_LOSS = 1e-16;

/** Relative losses against steps, both on logarithmic axes, from the first step on. */
export function descentsChart(
  contests: readonly QuadraticContest[],
  target: number,
  palette: Palette,
): Chart {
  const titles = contests[0]?.methods.map(({ title }) => title) ?? [];
  const colourOf = (title: string) => palette.series[titles.indexOf(title) % palette.series.length] as string;
  const legend = dotLegend(
    titles.map((label) => ({ label, colour: colourOf(label) })),
    palette,
  );
  const panels = contests.map((contest, index) => {
    const [row, column] = [Math.floor(index / COLUMNS), index % COLUMNS];
    const x = column * (PANEL.width + GAP);
    const y = LEGEND_HEIGHT + row * (PANEL.height + TITLE_HEIGHT + GAP);
    const heading = text(headingOf(contest), x + 60, y + 13, {
      'font-size': 14,
      'font-weight': 'bold',
      fill: palette.ink,
    });
    return heading + panel(contest, target, colourOf, palette, x, y + TITLE_HEIGHT);
  });
  const rows = Math.ceil(contests.length / COLUMNS);
  return {
    name: 'quadratic',
    title: 'GD and Adam on quadratic problems with blocks',
    caption: `The loss of the first trial as a share of that at the start, each method at its best rate; the line marks ${formatNumber(target)}, which counts as solved.`,
    width: Math.min(COLUMNS, Math.max(1, contests.length)) * (PANEL.width + GAP) - GAP,
    height: LEGEND_HEIGHT + rows * (PANEL.height + TITLE_HEIGHT + GAP) - GAP,
    body: legend + panels.join(''),
    minWidth: 640,
  };
}

function headingOf({ name, title }: QuadraticContest): string {
  return name === 'own' ? title : `Case ${name}: ${title}`;
}

function panel(
  { methods }: QuadraticContest,
  target: number,
  colourOf: (title: string) => string,
  palette: Palette,
  x: number,
  y: number,
): string {
  return plotFragment(
    {
      ...PANEL,
      marginLeft: 60,
      x: { label: 'step', type: 'log', grid: true, tickFormat: '~s' },
      y: { label: 'relative loss', type: 'log', grid: true, tickFormat: '.0e' },
      marks: [
        Plot.ruleY([target], { stroke: palette.muted, strokeDasharray: '4 3' }),
        ...methods.map(({ title, curve }) =>
          Plot.line(
            curve
              .filter(({ step }) => step > 0)
              .map(({ step, loss }) => ({ step, loss: Math.max(LEAST_LOSS, loss) })),
            { x: 'step', y: 'loss', stroke: colourOf(title), strokeWidth: 1.8 },
          ),
        ),
      ],
    },
    palette,
    x,
    y,
  );
}
