import type { Node } from '../graph/node.ts';
import { formatType, type HostTensor, sizeOf, type TensorType } from '../graph/type.ts';
import { defineOp, firstArgument } from './define/operation.ts';

/** The same elements in row-major order under another shape (attribute `shape`). */
export const reshape = defineOp({
  name: 'reshape',
  summary: 'the same elements under another shape',
  kind: 'linear',
  linearArguments: firstArgument,
  infer: ([x], { shape }) => {
    const type = x as TensorType;
    const wanted = shape as readonly number[];
    if (sizeOf(type.shape) !== sizeOf(wanted))
      throw new Error(
        `reshape: expected a shape of ${sizeOf(type.shape)} elements for ${formatType(type)}, found [${wanted.join(', ')}]`,
      );
    return { dtype: type.dtype, shape: wanted };
  },
  evaluate: ([x]) => (x as HostTensor).data.slice(),
  batch: (b, node, [x], _, size) => b.reshape(x as Node, [size, ...node.type.shape]),
  transpose: (b, cotangent, node) => b.reshape(cotangent, (node.inputs[0] as Node).type.shape),
  emit: (scope, [x], node) =>
    scope.node('Reshape', [x as string, scope.ints(node.type.shape)], { allowzero: { int: 1 } }),
  samples: [
    { inputs: [{ shape: [2, 3] }], attributes: { shape: [3, 2] } },
    { inputs: [{ shape: [4] }], attributes: { shape: [2, 1, 2] } },
    { inputs: [{ shape: [] }], attributes: { shape: [1] } },
  ],
});
