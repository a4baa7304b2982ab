import type { Node } from '../graph/node.ts';
import { stridesOf } from '../graph/shape.ts';
import type { HostTensor, TensorType } from '../graph/type.ts';
import { fill, strideOffsets } from './define/elementwise.ts';
import { defineOp, firstArgument } from './define/operation.ts';

/** Axes in another order: axis i of the result is axis `permutation[i]` of x. */
export const transpose = defineOp({
  name: 'transpose',
  summary: 'axes in another order',
  kind: 'linear',
  linearArguments: firstArgument,
  infer: ([x], { permutation }) => {
    const { dtype, shape } = x as TensorType;
    const order = permutation as readonly number[];
    const sorted = [...order].sort((a, b) => a - b);
    if (order.length !== shape.length || sorted.some((axis, index) => axis !== index))
      throw new Error(
        `transpose: expected a permutation of ${shape.length} axes, found [${order.join(', ')}]`,
      );
    return { dtype, shape: order.map((axis) => shape[axis] as number) };
  },
  evaluate: ([x], node) => {
    const { data, shape } = x as HostTensor;
    const own = stridesOf(shape);
    const order = node.attributes.permutation as readonly number[];
    const offsets = strideOffsets(
      node.type.shape,
      order.map((axis) => own[axis] as number),
    );
    return fill(node.type.dtype, data.length, (i) => Number(data[offsets[i] as number]));
  },
  batch: (b, node, [x]) => {
    const order = node.attributes.permutation as readonly number[];
    return b.transpose(x as Node, [0, ...order.map((axis) => axis + 1)]);
  },
  transpose: (b, cotangent, node) => {
    const order = node.attributes.permutation as readonly number[];
    return b.transpose(
      cotangent,
      order.map((_, axis) => order.indexOf(axis)),
    );
  },
  emit: (scope, [x], node) =>
    scope.node('Transpose', [x as string], {
      perm: { ints: node.attributes.permutation as readonly number[] },
    }),
  samples: [
    { inputs: [{ shape: [2, 3] }], attributes: { permutation: [1, 0] } },
    { inputs: [{ shape: [2, 3, 4] }], attributes: { permutation: [2, 0, 1] } },
  ],
});
