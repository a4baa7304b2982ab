import type { Node } from '../graph/node.ts';
import type { HostTensor, TensorType } from '../graph/type.ts';
import { floats, unaryFloat } from './define/elementwise.ts';
import { defineOp, type Sample } from './define/operation.ts';

export const SOFTMAX_SAMPLES: readonly Sample[] = [
  { inputs: [{ shape: [4], range: [-2, 2] }] },
  { inputs: [{ shape: [2, 3], range: [-3, 3] }] },
];

/** Softmax over the last axis. Its tangent is y (dx - sum(y dx)). */
export const softmax = defineOp({
  name: 'softmax',
  summary: 'softmax over the last axis',
  kind: 'nonlinear',
  infer: (inputs: readonly TensorType[]) => unaryFloat('softmax')(inputs),
  evaluate: ([x]) => logSoftmaxRows(x as HostTensor).map(Math.exp),
  jvp: (b, node, [dx]) => {
    const weighted = b.sumLast(b.mul(node, dx as Node));
    return b.mul(node, b.sub(dx as Node, weighted));
  },
  emit: (scope, [x]) => scope.node('Softmax', [x as string], { axis: { int: -1 } }),
  samples: SOFTMAX_SAMPLES,
});

/** x - log(sum(exp(x))) over the last axis, shifted by the largest element against overflow. */
export function logSoftmaxRows(x: HostTensor): Float64Array {
  const width = x.shape.at(-1) as number;
  const values = floats(x);
  const result = new Float64Array(values.length);
  for (let start = 0; start < values.length; start += width) {
    const row = values.subarray(start, start + width);
    const largest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const total = row.reduce((sum, value) => sum + Math.exp(value - largest), 0);
    for (let i = 0; i < width; i++) result[start + i] = (row[i] as number) - largest - Math.log(total);
  }
  return result;
}
