import type { Node } from '../graph/node.ts';
import type { DType, TensorType } from '../graph/type.ts';
import { batchElementwise, mapElements } from './define/elementwise.ts';
import { onnxDType } from './define/onnx-dtype.ts';
import { defineOp } from './define/operation.ts';

const isFloat = (dtype: DType) => dtype === 'float32' || dtype === 'float64';

/**
 * Change of element type (attribute `dtype`). Linear between floating-point types; a cast from
 * integers or bools has no tangent. Floats become integers by truncation and bools by x != 0.
 */
export const cast = defineOp({
  name: 'cast',
  summary: 'change of element type',
  kind: 'linear',
  linearArguments: (node) => {
    const from = (node.inputs[0] as Node).type.dtype;
    return isFloat(from) && isFloat(node.type.dtype) ? [0] : [];
  },
  infer: ([x], { dtype }) => ({ dtype: dtype as DType, shape: (x as TensorType).shape }),
  evaluate: (inputs, node) =>
    mapElements(node.type.dtype === 'bool' ? (x) => (x !== 0 ? 1 : 0) : (x) => x)(inputs, node),
  batch: batchElementwise,
  transpose: (b, cotangent, node) => b.cast(cotangent, (node.inputs[0] as Node).type.dtype),
  emit: (scope, [x], node) => scope.node('Cast', [x as string], { to: { int: onnxDType(node.type.dtype) } }),
  samples: [
    { inputs: [{ shape: [4], below: 5 }], attributes: { dtype: 'float64' } },
    { inputs: [{ shape: [2, 3] }], attributes: { dtype: 'float64' } },
    { inputs: [{ shape: [3], bool: true }], attributes: { dtype: 'float64' } },
    { inputs: [{ shape: [5], below: 2 }], attributes: { dtype: 'bool' } },
  ],
});
