import type { Node } from '../graph/node.ts';
import { requireFloat, stridesOf } from '../graph/shape.ts';
import { formatType, type HostTensor, type TensorType } from '../graph/type.ts';
import { floats } from './define/elementwise.ts';
import { defineOp, firstArgument } from './define/operation.ts';

/** Running sum along `axis`; with `reverse` it runs from the end, which is the transpose. */
export const cumulativeSum = defineOp({
  name: 'cumulativeSum',
  summary: 'running sum along an axis',
  kind: 'linear',
  linearArguments: firstArgument,
  infer: ([x], { axis }) => {
    const type = x as TensorType;
    requireFloat('cumulativeSum', type);
    if (!((axis as number) in type.shape))
      throw new Error(`cumulativeSum: expected an axis of ${formatType(type)}, found ${axis}`);
    return { dtype: type.dtype, shape: type.shape };
  },
  evaluate: ([x], node) => {
    const { axis, reverse } = node.attributes as { axis: number; reverse: boolean };
    const { shape } = x as HostTensor;
    const stride = stridesOf(shape)[axis] as number;
    const length = shape[axis] as number;
    const result = floats(x).slice();
    const positions = Array.from(result.keys());
    for (const i of reverse ? positions.reverse() : positions) {
      const at = Math.floor(i / stride) % length;
      const isFirst = at === (reverse ? length - 1 : 0);
      if (!isFirst) result[i] = (result[i] as number) + (result[reverse ? i + stride : i - stride] as number);
    }
    return result;
  },
  batch: (b, node, [x]) => {
    const { axis, reverse } = node.attributes as { axis: number; reverse: boolean };
    return b.cumulativeSum(x as Node, axis + 1, reverse);
  },
  transpose: (b, cotangent, node) => {
    const { axis, reverse } = node.attributes as { axis: number; reverse: boolean };
    return b.cumulativeSum(cotangent, axis, !reverse);
  },
  emit: (scope, [x], node) =>
    scope.node('CumSum', [x as string, scope.ints([node.attributes.axis as number])], {
      reverse: { int: node.attributes.reverse ? 1 : 0 },
    }),
  samples: [
    { inputs: [{ shape: [5] }], attributes: { axis: 0, reverse: false } },
    { inputs: [{ shape: [2, 4, 3] }], attributes: { axis: 1, reverse: true } },
    { inputs: [{ shape: [3, 4] }], attributes: { axis: 1, reverse: false } },
  ],
});
