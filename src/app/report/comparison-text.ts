/** The points of a comparison of optimizers as a table for a terminal. */
import type { GridResult, OptimizerVerdict } from '../../study/training/comparison.ts';
import { formatCount, formatNumber } from './format.ts';
import { type Column, renderText } from './tables.ts';

/** Every point, the best of each optimizer marked, and what to doubt. */
export function comparisonTableText(
  points: readonly GridResult[],
  verdicts: readonly OptimizerVerdict[],
): string {
  const best = new Set(verdicts.map(({ best }) => best));
  const columns: Column<GridResult>[] = [
    { heading: 'optimizer', numeric: false, cell: ({ optimizer }) => optimizer },
    { heading: 'learning rate', numeric: true, cell: ({ learningRate }) => String(learningRate) },
    { heading: 'steps', numeric: true, cell: ({ steps }) => formatCount(steps) },
    {
      heading: 'loss',
      numeric: true,
      cell: ({ hasDiverged, finalLoss }) => (hasDiverged ? 'diverged' : formatNumber(finalLoss)),
    },
    {
      heading: 'accuracy',
      numeric: true,
      cell: ({ finalAccuracy }) => (finalAccuracy === null ? '–' : `${(100 * finalAccuracy).toFixed(1)} %`),
    },
    { heading: '', numeric: false, cell: (point) => (best.has(point) ? 'best' : '') },
  ];
  const edges = verdicts
    .filter(({ isAtEdge }) => isAtEdge)
    .map(
      ({ optimizer }) =>
        `The best rate of ${optimizer} is at the edge of the grid: a better one may lie beyond.`,
    );
  return [renderText(columns, points), ...edges].join('\n');
}
