import type { Node } from '../graph/node.ts';
import { broadcastShapes, broadcastStrides } from '../graph/shape.ts';
import { type HostTensor, sameShape, sizeOf, type TensorType } from '../graph/type.ts';
import { fill, strideOffsets } from './define/elementwise.ts';
import { defineOp, firstArgument } from './define/operation.ts';

/** Repetition along new leading axes and along axes of extent 1 (attribute `shape`: the result's). */
export const broadcast = defineOp({
  name: 'broadcast',
  summary: 'repetition to a larger shape',
  kind: 'linear',
  linearArguments: firstArgument,
  infer: ([x], { shape }) => {
    const type = x as TensorType;
    const wanted = shape as readonly number[];
    if (!sameShape(broadcastShapes(type.shape, wanted), wanted))
      throw new Error(
        `broadcast: expected a shape that [${type.shape.join(', ')}] repeats to, found [${wanted.join(', ')}]`,
      );
    return { dtype: type.dtype, shape: wanted };
  },
  evaluate: ([x], node) => {
    const { data, shape } = x as HostTensor;
    const offsets = strideOffsets(node.type.shape, broadcastStrides(shape, node.type.shape));
    return fill(node.type.dtype, sizeOf(node.type.shape), (i) => Number(data[offsets[i] as number]));
  },
  batch: (b, node, [x], _, size) => {
    const { shape } = (node.inputs[0] as Node).type;
    const ones = new Array<number>(node.type.shape.length - shape.length).fill(1);
    return b.broadcast(b.reshape(x as Node, [size, ...ones, ...shape]), [size, ...node.type.shape]);
  },
  transpose: (b, cotangent, node) => b.sumTo(cotangent, (node.inputs[0] as Node).type.shape),
  emit: (scope, [x], node) => scope.node('Expand', [x as string, scope.ints(node.type.shape)]),
  samples: [
    { inputs: [{ shape: [3] }], attributes: { shape: [2, 3] } },
    { inputs: [{ shape: [2, 1] }], attributes: { shape: [4, 2, 3] } },
    { inputs: [{ shape: [] }], attributes: { shape: [2] } },
  ],
});
