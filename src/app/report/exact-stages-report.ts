/** Exact Hessians along a training as people see them. */
import type { ExactStage } from '../../study/exact/stages.ts';
import { exactStagesChart } from './charts/exact-stages.ts';
import { stageLabel } from './charts/stages.ts';
import { formatNumber, formatShare, NO_VALUE } from './format.ts';
import { standaloneSvg } from './svg.ts';
import { type Column, renderText } from './tables.ts';
import { FILE_PALETTE } from './theme.ts';

/** The blocks' means of every stage, and how block-diagonal the matrix is, as an SVG file. */
export function exactStagesSvg(subject: string, stages: readonly ExactStage[]): string {
  return standaloneSvg(exactStagesChart(subject, stages, FILE_PALETTE), FILE_PALETTE);
}

const COLUMNS: readonly Column<ExactStage>[] = [
  { heading: 'stage', numeric: true, cell: stageLabel },
  { heading: 'step', numeric: true, cell: ({ step }) => (step === null ? NO_VALUE : String(step)) },
  { heading: 'loss', numeric: true, cell: ({ loss }) => formatNumber(loss) },
  { heading: 'least', numeric: true, cell: ({ leastEigenvalue }) => formatNumber(leastEigenvalue) },
  { heading: 'largest', numeric: true, cell: ({ largestEigenvalue }) => formatNumber(largestEigenvalue) },
  {
    heading: 'in diagonal blocks',
    numeric: true,
    cell: ({ structure: { diagonalShare } }) =>
      diagonalShare === null ? NO_VALUE : formatShare(diagonalShare),
  },
];

export function exactStagesText(model: string, stages: readonly ExactStage[]): string {
  const [first] = stages;
  return [
    `The exact Hessian of ${model} along its training`,
    renderText(COLUMNS, stages),
    `Without structure the share in the diagonal blocks would be ${formatShare(first?.structure.structurelessShare ?? 0)}.`,
  ].join('\n\n');
}
