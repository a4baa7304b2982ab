import type { Node } from '../graph/node.ts';
import { broadcastShapes, broadcastStrides, requireSameDType } from '../graph/shape.ts';
import { formatType, type HostTensor, sizeOf, type TensorType } from '../graph/type.ts';
import { fill, strideOffsets } from './define/elementwise.ts';
import { defineOp } from './define/operation.ts';

/**
 * x where the condition holds, else y, with broadcasting. Its tangent multiplies by masks: a choice
 * runs at a fifth of the speed of a product in ONNX Runtime.
 */
export const where = defineOp({
  name: 'where',
  summary: 'x where a condition holds, else y',
  kind: 'nonlinear',
  infer: ([condition, x, y]) => {
    const [c, a, z] = [condition, x, y] as [TensorType, TensorType, TensorType];
    if (c.dtype !== 'bool') throw new Error(`where: expected a bool condition, found ${formatType(c)}`);
    const dtype = requireSameDType('where', [a, z]);
    return { dtype, shape: broadcastShapes(broadcastShapes(c.shape, a.shape), z.shape) };
  },
  evaluate: (inputs, node) => {
    const { shape, dtype } = node.type;
    const offsets = inputs.map((input) => strideOffsets(shape, broadcastStrides(input.shape, shape)));
    const read = (argument: number, i: number) =>
      Number((inputs[argument] as HostTensor).data[(offsets[argument] as Int32Array)[i] as number]);
    return fill(dtype, sizeOf(shape), (i) => (read(0, i) !== 0 ? read(1, i) : read(2, i)));
  },
  jvp: (b, node, [, dx, dy]) => {
    const mask = b.cast(node.inputs[0] as Node, node.type.dtype);
    const first = dx && b.mul(dx, mask);
    const second = dy && b.mul(dy, b.sub(1, mask));
    return b.broadcast(first && second ? b.add(first, second) : ((first ?? second) as Node), node.type.shape);
  },
  emit: (scope, inputs) => scope.node('Where', inputs),
  samples: [
    { inputs: [{ shape: [6], bool: true }, { shape: [6] }, { shape: [6] }] },
    { inputs: [{ shape: [3], bool: true }, { shape: [2, 3] }, { shape: [] }] },
  ],
});
