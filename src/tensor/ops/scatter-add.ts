import type { Node } from '../graph/node.ts';
import { formatType, type HostTensor, sameShape, sizeOf, type TensorType } from '../graph/type.ts';
import { floats } from './define/elementwise.ts';
import { moveAxis } from './define/move-axis.ts';
import { defineOp, type EmitScope, firstArgument } from './define/operation.ts';
import { emitOneHot } from './one-hot.ts';

/** Up to this many rows a scatter is a product with a one-hot matrix: cheaper, and in a fixed order of sums. */
export const ONE_HOT_SCATTER_ROWS = 512;

/**
 * Sums rows into a table by number: updates [..i, ..r], ids int64 [..i] -> [rows, ..r] (attribute
 * `rows`). The transpose of `gather`. Never emitted as ScatterND with a reduction: with two threads its
 * duplicate indices race and sums come out wrong.
 */
export const scatterAdd = defineOp({
  name: 'scatterAdd',
  summary: 'sums rows into a table by number',
  kind: 'linear',
  linearArguments: firstArgument,
  infer: ([updates, ids], { rows }) => {
    const [u, i] = [updates as TensorType, ids as TensorType];
    const lead = u.shape.slice(0, i.shape.length);
    if (i.dtype !== 'int64' || !sameShape(lead, i.shape))
      throw new Error(
        `scatterAdd: expected updates [..ids, ..row] and int64 ids, found ${formatType(u)} and ${formatType(i)}`,
      );
    return { dtype: u.dtype, shape: [rows as number, ...u.shape.slice(i.shape.length)] };
  },
  evaluate: ([updates, ids], node) => {
    const width = sizeOf(node.type.shape.slice(1));
    const rows = node.type.shape[0] as number;
    const result = new Float64Array(sizeOf(node.type.shape));
    const values = floats(updates);
    for (const [position, id] of ((ids as HostTensor).data as BigInt64Array).entries()) {
      if (id < 0n || id >= BigInt(rows))
        throw new Error(`scatterAdd: expected ids from 0 to ${rows - 1}, found ${id}`);
      const row = Number(id) * width;
      for (let j = 0; j < width; j++)
        result[row + j] = (result[row + j] as number) + (values[position * width + j] as number);
    }
    return result;
  },
  batch: (b, node, [updates, ids]) => {
    const rank = (node.inputs[1] as Node).type.shape.length;
    const behind = moveAxis(b, updates as Node, 0, rank);
    return moveAxis(b, b.scatterAdd(behind, ids as Node, node.attributes.rows as number), 1, 0);
  },
  transpose: (b, cotangent, node) => b.gather(cotangent, node.inputs[1] as Node),
  emit: (scope, [updates, ids], node) => {
    const rows = node.type.shape[0] as number;
    const width = sizeOf(node.type.shape.slice(1));
    const count = sizeOf((node.inputs[1] as Node).type.shape);
    const flat = scope.node('Reshape', [updates as string, scope.ints([count, width])]);
    const flatIds = scope.node('Reshape', [ids as string, scope.ints([count])]);
    const table =
      rows <= ONE_HOT_SCATTER_ROWS
        ? scope.node('Gemm', [emitOneHot(scope, flatIds, rows, node.type.dtype), flat], {
            transA: { int: 1 },
          })
        : emitScatterElements(scope, flat, flatIds, [count, width], rows);
    return scope.node('Reshape', [table, scope.ints(node.type.shape)]);
  },
  samples: [
    { inputs: [{ shape: [6, 2] }, { shape: [6], below: 4 }], attributes: { rows: 4 } },
    { inputs: [{ shape: [2, 3] }, { shape: [2, 3], below: 3 }], attributes: { rows: 3 } },
    { inputs: [{ shape: [5, 2] }, { shape: [5], below: 600 }], attributes: { rows: 600 } },
  ],
});

/**
 * ScatterElements into a table of zeros. The zeros are made at run time from the updates, so that
 * the runtime does not fold a constant of the table's size into every session.
 */
function emitScatterElements(
  scope: EmitScope,
  updates: string,
  ids: string,
  shape: readonly number[],
  rows: number,
): string {
  const column = scope.node('Reshape', [ids, scope.ints([shape[0] as number, 1])]);
  const indices = scope.node('Expand', [column, scope.ints(shape)]);
  const firstRow = scope.node('Slice', [updates, scope.ints([0]), scope.ints([1]), scope.ints([0])]);
  const zeroRow = scope.node('Sub', [firstRow, firstRow]);
  const zeros = scope.node('Expand', [zeroRow, scope.ints([rows, shape[1] as number])]);
  return scope.node('ScatterElements', [zeros, indices, updates], {
    axis: { int: 0 },
    reduction: { text: 'add' },
  });
}
