import type { Node } from '../graph/node.ts';
import { sizeOf, type TensorType } from '../graph/type.ts';
import {
  type Convolution,
  convolutionFlops,
  convolutionOf,
  eachProduct,
  inferPlaces,
  requireFloats,
  sharedAttributes,
} from './define/convolution.ts';
import { batchConvolution } from './define/convolution-batch.ts';
import { convAttributes, emitConvAsProduct } from './define/convolution-emission.ts';
import { floats } from './define/elementwise.ts';
import { defineOp, type Sample } from './define/operation.ts';

/** Attributes of one window over one, two or three axes. */
const window = (
  strides: readonly number[],
  low: readonly number[],
  high: readonly number[],
  dilations: readonly number[],
  groups = 1,
) => ({ strides, low, high, dilations, groups });

/** x, weight and window of convolutions on which this operation and its two gradients are tried. */
export const CONVOLUTIONS = [
  { x: [2, 2, 5, 4], weight: [3, 2, 3, 3], window: window([1, 1], [1, 1], [1, 1], [1, 1]) },
  // Strides that leave elements of x over, padding that differs on each side, dilation.
  { x: [2, 3, 7, 8], weight: [4, 3, 3, 2], window: window([2, 3], [2, 0], [0, 1], [2, 1]) },
  { x: [1, 6, 6, 6], weight: [9, 2, 2, 3], window: window([2, 1], [0, 1], [1, 2], [1, 2], 3) },
  // Depthwise with two outputs for each channel.
  { x: [2, 3, 6, 6], weight: [6, 1, 3, 3], window: window([2, 2], [1, 1], [1, 1], [1, 1], 3) },
  { x: [2, 5, 4, 4], weight: [3, 5, 1, 1], window: window([1, 1], [0, 0], [0, 0], [1, 1]) },
  { x: [2, 6, 5, 5], weight: [2, 6, 1, 1], window: window([2, 2], [0, 0], [0, 0], [1, 1]) },
  // More padding than the kernel spans: some results see nothing.
  { x: [1, 2, 3, 3], weight: [2, 2, 2, 1], window: window([1, 1], [3, 1], [2, 2], [1, 1]) },
  { x: [2, 4, 9], weight: [4, 2, 3], window: window([2], [2], [1], [2], 2) },
  { x: [1, 5, 3, 4, 3], weight: [2, 5, 2, 2, 2], window: window([1, 2, 1], [1, 0, 0], [0, 1, 0], [1, 1, 2]) },
  // Places enough for a product for each image.
  { x: [2, 5, 12, 12], weight: [3, 5, 2, 2], window: window([1, 1], [1, 1], [0, 0], [1, 1]) },
] as const;

/**
 * Convolution, as networks have it (the kernel is not read backwards): x [n, channels, ..extents], weight
 * [outputs, channels / groups, ..kernel] -> [n, outputs, ..places] over one, two or three spatial axes. Attributes
 * `strides`, `low`, `high` (padding by zeros before and after), `dilations`, one number for each axis, and `groups`.
 */
export const conv = defineOp({
  name: 'conv',
  summary: 'convolution',
  kind: 'bilinear',
  infer: (inputs, attributes) => {
    const dtype = requireFloats('conv', inputs);
    return {
      dtype,
      shape: inferPlaces('conv', inputs[0] as TensorType, inputs[1] as TensorType, attributes),
    };
  },
  evaluate: ([x, weight], node) => {
    const [image, kernel, result] = [floats(x), floats(weight), new Float64Array(sizeOf(node.type.shape))];
    eachProduct(sizesOf(node), (i, j, k) => {
      result[k] = (result[k] as number) + (image[i] as number) * (kernel[j] as number);
    });
    return result;
  },
  transpose: (b, cotangent, node, index) => {
    const [x, weight] = node.inputs as [Node, Node];
    const shared = sharedAttributes(node);
    return index === 0
      ? b.apply('convInputGradient', [cotangent, weight], { ...shared, extents: x.type.shape.slice(2) })
      : b.apply('convWeightGradient', [x, cotangent], { ...shared, kernel: weight.type.shape.slice(2) });
  },
  batch: batchConvolution(['x', 'weight'], 'y', sizesOf),
  flops: (node) => convolutionFlops(sizesOf(node)),
  emit: (scope, [x, weight], node) => {
    const c = sizesOf(node);
    return node.type.dtype === 'float32'
      ? scope.node('Conv', [x as string, weight as string], convAttributes(c))
      : emitConvAsProduct(scope, x as string, weight as string, c);
  },
  samples: CONVOLUTIONS.map(
    ({ x, weight, window }): Sample => ({ inputs: [{ shape: x }, { shape: weight }], attributes: window }),
  ),
});

function sizesOf(node: Node): Convolution {
  const [x, weight] = node.inputs as [Node, Node];
  return convolutionOf({ x: x.type.shape, weight: weight.type.shape, y: node.type.shape }, node.attributes);
}
