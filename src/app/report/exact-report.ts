/** Exact Hessians as people see them. */
import type { Coupling, Estimated } from '../../study/exact/coupling.ts';
import type { ExactHessian } from '../../study/exact/measure.ts';
import { shortBlockNames } from './block-names.ts';
import { blockMeansChart, blockValuesChart, entriesChart } from './charts/matrix-map.ts';
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

/** The root mean square entry, and the ratio to the diagonal blocks, as SVG files. */
export function couplingFigures(coupling: Coupling): Figure[] {
  const { model, groups, rmsEntries, ratios, probes } = coupling;
  const short = shortBlockNames(groups.map(({ name }) => name));
  const names = groups.map(({ name }) => short.get(name) ?? name);
  const share = `${shareText(coupling)}, from ${probes} probes of each block.`;
  return [
    {
      name: 'coupling-entries',
      title: `How strongly the blocks of ${model} are coupled`,
      caption: `The root mean square entry of each block of the Hessian. ${share}`,
      values: rmsEntries,
      names,
    },
    {
      name: 'coupling-ratios',
      title: `The blocks of ${model} beside the diagonal ones`,
      caption: `The norm of each block over the geometric mean of those of the two diagonal blocks. ${share}`,
      values: ratios,
      names,
    },
  ].map((values) => ({
    name: values.name,
    svg: standaloneSvg(blockValuesChart(values, FILE_PALETTE), FILE_PALETTE),
  }));
}

function shareText({ diagonalShare, structurelessShare }: Coupling): string {
  if (diagonalShare === null) return 'The matrix is zero';
  return `${estimatedText(diagonalShare)} of its squared norm is in the diagonal blocks (without structure ${formatNumber(structurelessShare)})`;
}

const estimatedText = ({ mean, standardError }: Estimated) =>
  `${formatNumber(mean)} ± ${formatNumber(standardError, 2)}`;

/** Pairs of blocks that are named. */
const PAIRS = 8;

export function couplingText(coupling: Coupling): string {
  const { model, data, loss, groups, ratios, rmsEntries } = coupling;
  const pairs = groups
    .flatMap((row, k) =>
      groups.slice(0, k).map((column, l) => ({
        name: `${row.name} × ${column.name}`,
        ratio: ratios[k]?.[l] ?? null,
        entry: rmsEntries[k]?.[l] ?? 0,
      })),
    )
    .sort((a, b) => (b.ratio ?? -1) - (a.ratio ?? -1))
    .slice(0, PAIRS);
  return [
    `${model} on ${data}`,
    `${groups.length} blocks, loss ${formatNumber(loss)}. ${shareText(coupling)}.`,
    '',
    'Pairs that are coupled most, beside their diagonal blocks:',
    renderText(
      [
        { heading: 'blocks', numeric: false, cell: ({ name }) => name },
        { heading: 'ratio', numeric: true, cell: ({ ratio }) => (ratio === null ? '' : formatNumber(ratio)) },
        { heading: 'root mean square entry', numeric: true, cell: ({ entry }) => formatNumber(entry) },
      ],
      pairs,
    ),
  ].join('\n');
}

/** Of the squared norm of a block's rows, the share in the diagonal block. */
function shareOfRow(squares: readonly number[], index: number): string {
  const total = squares.reduce((sum, value) => sum + value, 0);
  return total > 0 ? `${((100 * (squares[index] ?? 0)) / total).toFixed(1)} %` : 'zero';
}
