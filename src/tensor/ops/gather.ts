import type { Node } from '../graph/node.ts';
import { formatType, type HostTensor, sizeOf, type TensorType } from '../graph/type.ts';
import { floats } from './define/elementwise.ts';
import { moveAxis } from './define/move-axis.ts';
import { defineOp, firstArgument } from './define/operation.ts';

/** Rows of a table by number: table [rows, ..r], ids int64 [..i] -> [..i, ..r]. */
export const gather = defineOp({
  name: 'gather',
  summary: 'rows of a table by number',
  kind: 'linear',
  linearArguments: firstArgument,
  infer: ([table, ids]) => {
    const [t, i] = [table as TensorType, ids as TensorType];
    if (i.dtype !== 'int64' || t.shape.length === 0)
      throw new Error(
        `gather: expected a table with rows and int64 ids, found ${formatType(t)} and ${formatType(i)}`,
      );
    return { dtype: t.dtype, shape: [...i.shape, ...t.shape.slice(1)] };
  },
  evaluate: ([table, ids], node) => {
    const width = rowWidth((table as HostTensor).shape);
    const rows = (table as HostTensor).shape[0] as number;
    const result = new Float64Array(sizeOf(node.type.shape));
    for (const [position, id] of ((ids as HostTensor).data as BigInt64Array).entries()) {
      if (id < 0n || id >= BigInt(rows))
        throw new Error(`gather: expected ids from 0 to ${rows - 1}, found ${id}`);
      const start = Number(id) * width;
      result.set(floats(table).subarray(start, start + width), position * width);
    }
    return result;
  },
  batch: (b, node, [table, ids]) => {
    // The batch rides behind the rows while they are gathered.
    const rank = (node.inputs[1] as Node).type.shape.length;
    return moveAxis(b, b.gather(moveAxis(b, table as Node, 0, 1), ids as Node), rank, 0);
  },
  transpose: (b, cotangent, node) => {
    const [table, ids] = node.inputs as [Node, Node];
    return b.scatterAdd(cotangent, ids, table.type.shape[0] as number);
  },
  emit: (scope, [table, ids]) => scope.node('Gather', [table as string, ids as string], { axis: { int: 0 } }),
  samples: [
    { inputs: [{ shape: [5, 3] }, { shape: [4], below: 5 }] },
    { inputs: [{ shape: [4] }, { shape: [2, 3], below: 4 }] },
  ],
});

function rowWidth(shape: readonly number[]): number {
  return sizeOf(shape.slice(1));
}
