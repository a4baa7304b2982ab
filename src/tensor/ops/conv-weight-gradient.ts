import type { Node } from '../graph/node.ts';
import { formatType, sameShape, sizeOf, type TensorType } from '../graph/type.ts';
import { CONVOLUTIONS } from './conv.ts';
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
import { emitWeightGradientAsConv, emitWeightGradientAsProducts } from './define/convolution-emission.ts';
import { floats } from './define/elementwise.ts';
import { defineOp, type Sample } from './define/operation.ts';
import { placesOf } from './define/window.ts';

/**
 * Up to this many channels of x in a group, a Conv with images and channels exchanged is the fastest form: the first
 * layer of ResNet 83 against 34 GFLOPS, depthwise layers 1.1 to 3 times as fast; with 16 channels it is half as fast.
 */
const FEW_CHANNELS = 4;

/**
 * The transpose of `conv` in its weight: x [n, channels, ..extents], cotangent y [n, outputs, ..places] ->
 * [outputs, channels / groups, ..kernel]. Attributes as those of `conv`, and `kernel`.
 */
export const convWeightGradient = defineOp({
  name: 'convWeightGradient',
  summary: 'gradient of a convolution in its weight',
  kind: 'bilinear',
  infer: (inputs, attributes) => {
    const dtype = requireFloats('convWeightGradient', inputs);
    const [x, y] = inputs as [TensorType, TensorType];
    const channels = (x.shape[1] as number) / (attributes.groups as number);
    const shape = [y.shape[1] as number, channels, ...(attributes.kernel as readonly number[])];
    const expected = inferPlaces('convWeightGradient', x, { dtype, shape }, attributes);
    if (!sameShape(expected, y.shape))
      throw new Error(
        `convWeightGradient: expected a cotangent [${expected.join(', ')}] for ${formatType(x)} and a weight [${shape.join(', ')}], found ${formatType(y)}`,
      );
    return { dtype, shape };
  },
  evaluate: ([x, y], node) => {
    const [image, cotangent, result] = [floats(x), floats(y), new Float64Array(sizeOf(node.type.shape))];
    eachProduct(sizesOf(node), (i, j, k) => {
      result[j] = (result[j] as number) + (image[i] as number) * (cotangent[k] as number);
    });
    return result;
  },
  transpose: (b, cotangent, node, index) => {
    const [x, y] = node.inputs as [Node, Node];
    const shared = sharedAttributes(node);
    return index === 0
      ? b.apply('convInputGradient', [y, cotangent], { ...shared, extents: x.type.shape.slice(2) })
      : b.apply('conv', [x, cotangent], shared);
  },
  batch: batchConvolution(['x', 'y'], 'weight', sizesOf),
  flops: (node) => convolutionFlops(sizesOf(node)),
  emit: (scope, [x, y], node) => {
    const c = sizesOf(node);
    const emit =
      node.type.dtype === 'float32' && c.channels <= FEW_CHANNELS
        ? emitWeightGradientAsConv
        : emitWeightGradientAsProducts;
    return emit(scope, x as string, y as string, c);
  },
  samples: CONVOLUTIONS.map(({ x, weight, window }): Sample => {
    const places = placesOf('conv', x.slice(2), weight.slice(2), window);
    return {
      inputs: [{ shape: x }, { shape: [x[0], weight[0], ...places] }],
      attributes: { ...window, kernel: weight.slice(2) },
    };
  }),
});

function sizesOf(node: Node): Convolution {
  const [x, y] = node.inputs as [Node, Node];
  return convolutionOf({ x: x.type.shape, weight: node.type.shape, y: y.type.shape }, node.attributes);
}
