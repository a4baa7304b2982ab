/** Exact Hessians as people see them. */
import type { ExactHessian } from '../../study/exact/measure.ts';
import { blockMeansChart, entriesChart } from './charts/matrix-map.ts';
import type { Figure } from './figures.ts';
import { formatCount, formatNumber } from './format.ts';
import { standaloneSvg } from './svg.ts';
import { renderText } from './tables.ts';
import { FILE_PALETTE } from './theme.ts';

/** Eigenvalues that are named at each end. */
const NAMED = 5;

/** Every entry, and every block's mean, as SVG files. */
export function exactFigures(hessian: ExactHessian): Figure[] {
  return [entriesChart(hessian, FILE_PALETTE), blockMeansChart(hessian, FILE_PALETTE)].map((chart) => ({
    name: chart.name,
    svg: standaloneSvg(chart, FILE_PALETTE),
  }));
}

export function exactText(hessian: ExactHessian): string {
  const { model, data, dim, loss, asymmetry, eigenvalues, groups, structure } = hessian;
  const ends = (values: ArrayLike<number>) => Array.from(values, (value) => formatNumber(value)).join(', ');
  const rows = groups.map(({ name, size }, index) => ({
    name,
    size,
    mean: structure.meanAbsolute[index]?.[index] ?? 0,
    share: shareOfRow(structure.squaredNorms[index] ?? [], index),
  }));
  return [
    `${model} on ${data}`,
    `${formatCount(dim)} rows, loss ${formatNumber(loss)}, asymmetry before rounding was taken out ${formatNumber(asymmetry, 2)}`,
    `Eigenvalues from ${ends(eigenvalues.slice(0, NAMED))} to ${ends(eigenvalues.slice(-NAMED))}`,
    structure.diagonalShare === null
      ? 'The matrix is zero.'
      : `Share of the squared norm in the diagonal blocks: ${formatNumber(structure.diagonalShare)} (without structure ${formatNumber(structure.structurelessShare)})`,
    '',
    renderText(
      [
        { heading: 'block', numeric: false, cell: ({ name }) => name },
        { heading: 'rows', numeric: true, cell: ({ size }) => formatCount(size) },
        { heading: 'mean |entry|', numeric: true, cell: ({ mean }) => formatNumber(mean) },
        { heading: 'of its rows’ squared norm', numeric: true, cell: ({ share }) => share },
      ],
      rows,
    ),
  ].join('\n');
}

/** Of the squared norm of a block's rows, the share in the diagonal block. */
function shareOfRow(squares: readonly number[], index: number): string {
  const total = squares.reduce((sum, value) => sum + value, 0);
  return total > 0 ? `${((100 * (squares[index] ?? 0)) / total).toFixed(1)} %` : 'zero';
}
