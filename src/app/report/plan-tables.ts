/** Tables of what a run would do: its operators, and the graphs behind them. */
import type { GraphSize } from '../../curvature/graph-table.ts';
import { WHOLE_MATRIX } from '../../curvature/model-curvature.ts';
import type { Forecast } from '../../study/spectrum/foresee.ts';
import type { PlannedOperator } from '../../study/spectrum/plan.ts';
import { shortBlockNames } from './block-names.ts';
import { formatBytes, formatCount, formatDuration, formatNumber } from './format.ts';
import { type Column, renderText, terminalName } from './tables.ts';

const WHOLE = 'whole Hessian';

interface GraphRow extends GraphSize {
  readonly shortName: string;
}

const GRAPH_COLUMNS: readonly Column<GraphRow>[] = [
  { heading: 'nodes', numeric: true, cell: ({ nodes }) => formatCount(nodes) },
  { heading: 'ONNX nodes', numeric: true, cell: ({ onnxNodes }) => formatCount(onnxNodes) },
  { heading: 'residuals', numeric: true, cell: ({ residualBytes }) => formatBytes(residualBytes) },
  { heading: 'GFLOP', numeric: true, cell: ({ productFlops }) => formatNumber(productFlops / 1e9) },
];

/** Each operator's method, products, lockstep and time, in the order in which they are done. */
export function operatorTableText({ plan }: Pick<Forecast, 'plan'>): string {
  const nameOf = shortNames(plan.operators);
  const columns: Column<PlannedOperator>[] = [
    { heading: 'block', numeric: false, cell: ({ name }) => terminalName({ shortName: nameOf(name) }) },
    { heading: 'size', numeric: true, cell: ({ dim }) => formatCount(dim) },
    { heading: 'method', numeric: false, cell: ({ method }) => method },
    { heading: 'products', numeric: true, cell: ({ productCount }) => formatCount(productCount) },
    {
      heading: 'lockstep',
      numeric: true,
      cell: ({ method, lockstep }) => (method === 'exact' ? '' : formatCount(lockstep)),
    },
    { heading: 'ms a product', numeric: true, cell: ({ productMs }) => formatNumber(productMs) },
    {
      heading: 'in all',
      numeric: true,
      cell: ({ productMs, productCount }) => formatDuration(productMs * productCount),
    },
  ];
  return renderText(columns, plan.operators);
}

/** What each layer adds to the tangent graph of the whole Hessian, then the whole and the primal part. */
export function layerTableText({ graphs: { parts, whole, primal } }: Pick<Forecast, 'graphs'>): string {
  return graphTableText('graph', [
    ...parts.map((part) => ({ ...part, shortName: part.name })),
    { ...whole, shortName: WHOLE },
    { ...primal, shortName: 'primal part' },
  ]);
}

/** The tangent graph of each block that is measured; null when only the whole Hessian is. */
export function blockGraphTableText({ graphs: { operators } }: Pick<Forecast, 'graphs'>): string | null {
  const blocks = operators.filter(({ name }) => name !== WHOLE_MATRIX);
  if (blocks.length === 0) return null;
  const nameOf = shortNames(blocks);
  return graphTableText(
    'block',
    blocks.map((block) => ({ ...block, shortName: nameOf(block.name) })),
  );
}

function graphTableText(heading: string, rows: readonly GraphRow[]): string {
  return renderText([{ heading, numeric: false, cell: terminalName }, ...GRAPH_COLUMNS], rows);
}

function shortNames(operators: readonly { readonly name: string }[]): (name: string) => string {
  const blocks = operators.flatMap(({ name }) => (name === WHOLE_MATRIX ? [] : name));
  const short = shortBlockNames(blocks);
  return (name) => (name === WHOLE_MATRIX ? WHOLE : (short.get(name) ?? name));
}
