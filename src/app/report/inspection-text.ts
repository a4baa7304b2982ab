/** What `hesscope inspect` prints. */
import type { Inspection } from '../../study/model/inspect.ts';
import { formatBytes, formatCount, formatDuration } from './format.ts';
import { renderText } from './tables.ts';

/** Blocks, notes, unsupported operators and the cost of a product, for a terminal. */
export function inspectionText({
  name,
  parameterCount,
  blocks,
  notes,
  unsupported,
  cost,
}: Inspection): string {
  const head = `${name}: ${formatCount(parameterCount)} parameters in ${formatCount(blocks.length)} tensors`;
  const table = renderText(
    [
      { heading: 'block', numeric: false, cell: (block) => block.name },
      { heading: 'kind', numeric: false, cell: (block) => block.kind },
      { heading: 'layer', numeric: true, cell: (block) => (block.layer === null ? '' : String(block.layer)) },
      { heading: 'shape', numeric: false, cell: (block) => block.shape.join(' × ') },
      { heading: 'size', numeric: true, cell: (block) => formatCount(block.size) },
    ],
    blocks,
  );
  const missing = unsupported.map(
    ({ operator, nodes }) =>
      `✖ ${operator} is not supported (${formatCount(nodes.length)}: ${nodes.slice(0, 8).join(', ')}${nodes.length > 8 ? ', …' : ''})`,
  );
  const costs = cost
    ? [
        [
          `One Hessian product over ${cost.data} (loss: ${cost.loss}): ${formatCount(Math.round(cost.flops / 1e6))} MFLOP in ${formatCount(cost.operations)} operations, about ${formatDuration(Math.max(1, cost.estimatedMs))}.`,
          `Memory: parameters ${formatBytes(cost.parameterBytes)}, residuals ${formatBytes(cost.residualBytes)} for each micro-batch, ${formatBytes(cost.workingBytes)} while a product runs.`,
        ].join('\n'),
      ]
    : [];
  return [head, table, ...notes, ...(missing.length > 0 ? [missing.join('\n')] : []), ...costs].join('\n\n');
}
