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
  shapesOf,
  sharedAttributes,
} from './define/convolution.ts';
import { batchConvolution } from './define/convolution-batch.ts';
import {
  convAttributes,
  emitConvAsProduct,
  emitFlippedWeight,
  emitSpread,
  gradientConvolution,
} from './define/convolution-emission.ts';
import { floats } from './define/elementwise.ts';
import { defineOp, type EmitScope, type Sample } from './define/operation.ts';
import { placesOf } from './define/window.ts';

/**
 * The transpose of `conv` in x: cotangent y [n, outputs, ..places], weight [outputs, channels / groups, ..kernel] ->
 * [n, channels, ..extents]. Attributes as those of `conv`, and `extents`, which the places alone do not tell. Models
 * have it under the name of transposed convolution.
 */
export const convInputGradient = defineOp({
  name: 'convInputGradient',
  summary: 'gradient of a convolution in its image; transposed convolution',
  kind: 'bilinear',
  infer: (inputs, attributes) => {
    const dtype = requireFloats('convInputGradient', inputs);
    const [y, weight] = inputs as [TensorType, TensorType];
    const extents = attributes.extents as readonly number[];
    const channels = (weight.shape[1] as number) * (attributes.groups as number);
    const shape = [y.shape[0] as number, channels, ...extents];
    const expected = inferPlaces('convInputGradient', { dtype, shape }, weight, attributes);
    if (!sameShape(expected, y.shape))
      throw new Error(
        `convInputGradient: expected a cotangent [${expected.join(', ')}] for extents [${extents.join(', ')}] and ${formatType(weight)}, found ${formatType(y)}`,
      );
    return { dtype, shape };
  },
  evaluate: ([y, weight], node) => {
    const [cotangent, kernel, result] = [
      floats(y),
      floats(weight),
      new Float64Array(sizeOf(node.type.shape)),
    ];
    eachProduct(sizesOf(node), (i, j, k) => {
      result[i] = (result[i] as number) + (cotangent[k] as number) * (kernel[j] as number);
    });
    return result;
  },
  transpose: (b, cotangent, node, index) => {
    const [y, weight] = node.inputs as [Node, Node];
    const shared = sharedAttributes(node);
    return index === 0
      ? b.apply('conv', [cotangent, weight], shared)
      : b.apply('convWeightGradient', [cotangent, y], { ...shared, kernel: weight.type.shape.slice(2) });
  },
  batch: batchConvolution(['y', 'weight'], 'x', sizesOf),
  flops: (node) => convolutionFlops(sizesOf(node)),
  emit: (scope, [y, weight], node) =>
    node.type.dtype === 'float32'
      ? emitFloat32(scope, y as string, weight as string, sizesOf(node))
      : emitConvAsProduct(
          scope,
          emitSpread(scope, y as string, sizesOf(node)),
          emitFlippedWeight(scope, weight as string, sizesOf(node)),
          gradientConvolution(sizesOf(node)),
        ),
  samples: CONVOLUTIONS.map(({ x, weight, window }): Sample => {
    const places = placesOf('conv', x.slice(2), weight.slice(2), window);
    return {
      inputs: [{ shape: [x[0], weight[0], ...places] }, { shape: weight }],
      attributes: { ...window, extents: x.slice(2) },
    };
  }),
});

function sizesOf(node: Node): Convolution {
  const [y, weight] = node.inputs as [Node, Node];
  return convolutionOf({ x: node.type.shape, weight: weight.type.shape, y: y.type.shape }, node.attributes);
}

/**
 * With stride 1 a Conv over the flipped weight is faster than a ConvTranspose (165 against 95 GFLOPS for 64 channels
 * of 56 x 56), unless the weight to flip is larger than the image (92 against 137 for 512 channels of 7 x 7).
 */
function emitFloat32(scope: EmitScope, y: string, weight: string, c: Convolution): string {
  const { x, weight: weightShape } = shapesOf(c);
  const reversed = gradientConvolution(c);
  const isFlipped =
    c.window.strides.every((stride) => stride === 1) &&
    [...reversed.window.low, ...reversed.window.high].every((width) => width >= 0) &&
    sizeOf(weightShape) < sizeOf(x);
  if (isFlipped)
    return scope.node('Conv', [y, emitFlippedWeight(scope, weight, c)], convAttributes(reversed));
  // Elements at the end of x that no window reaches.
  const left = c.extents.map((extent, axis) => {
    const { strides, low, high, dilations } = c.window;
    const reached =
      ((c.places[axis] as number) - 1) * (strides[axis] as number) +
      ((c.kernel[axis] as number) - 1) * (dilations[axis] as number) +
      1;
    return extent + (low[axis] as number) + (high[axis] as number) - reached;
  });
  return scope.node('ConvTranspose', [y, weight], { ...convAttributes(c), output_padding: { ints: left } });
}
