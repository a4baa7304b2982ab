import type { Node } from '../graph/node.ts';
import { formatType, type HostTensor, sameShape, type TensorType } from '../graph/type.ts';
import { floats } from './define/elementwise.ts';
import { defineOp, firstArgument } from './define/operation.ts';

/** One element of each row: x [.., n], ids int64 [..] -> [..]. */
export const pick = defineOp({
  name: 'pick',
  summary: 'one element of each row by number',
  kind: 'linear',
  linearArguments: firstArgument,
  infer: ([x, ids]) => {
    const [values, i] = [x as TensorType, ids as TensorType];
    if (i.dtype !== 'int64' || values.shape.length === 0 || !sameShape(values.shape.slice(0, -1), i.shape))
      throw new Error(
        `pick: expected values [.., n] and int64 ids [..], found ${formatType(values)} and ${formatType(i)}`,
      );
    return { dtype: values.dtype, shape: i.shape };
  },
  evaluate: ([x, ids]) => {
    const width = (x as HostTensor).shape.at(-1) as number;
    const chosen = (ids as HostTensor).data as BigInt64Array;
    return Float64Array.from(chosen, (id, row) => floats(x)[row * width + Number(id)] as number);
  },
  batch: (b, node, [x, ids], _, size) =>
    b.pick(x as Node, b.broadcast(ids as Node, [size, ...node.type.shape])),
  transpose: (b, cotangent, node) => {
    const [x, ids] = node.inputs as [Node, Node];
    const hot = b.oneHot(ids, x.type.shape.at(-1) as number, node.type.dtype);
    return b.mul(hot, b.reshape(cotangent, [...node.type.shape, 1]));
  },
  emit: (scope, [x, ids], node) => {
    const column = scope.node('Unsqueeze', [ids as string, scope.ints([-1])]);
    const rank = (node.inputs[0] as Node).type.shape.length;
    const picked = scope.node('GatherElements', [x as string, column], { axis: { int: rank - 1 } });
    return scope.node('Squeeze', [picked, scope.ints([-1])]);
  },
  samples: [
    { inputs: [{ shape: [4, 3] }, { shape: [4], below: 3 }] },
    { inputs: [{ shape: [2, 2, 5] }, { shape: [2, 2], below: 5 }] },
  ],
});
