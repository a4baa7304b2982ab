/** The sizes of a convolution, its reference loop, and what its three operations share. */
import type { Attributes, Node } from '../../graph/node.ts';
import { requireFloat, requireSameDType } from '../../graph/shape.ts';
import { formatType, sizeOf, type TensorType } from '../../graph/type.ts';
import { placesOf, tapsOf, type Window, windowAttributes } from './window.ts';

/**
 * A convolution takes an image x [n, channels, ..extents] and a weight [outputs, channels / groups, ..kernel] to
 * y [n, outputs, ..places]. It is one sum of products over x, weight and y, and each of the three operations gives
 * the factor of one of them.
 */
export interface Convolution {
  readonly n: number;
  readonly groups: number;
  /** Channels of x in one group. */
  readonly channels: number;
  /** Channels of y in one group. */
  readonly outputs: number;
  readonly extents: readonly number[];
  readonly kernel: readonly number[];
  readonly places: readonly number[];
  readonly window: Window;
}

/** The three tensors of a convolution. */
export interface ConvolutionShapes {
  readonly x: readonly number[];
  readonly weight: readonly number[];
  readonly y: readonly number[];
}

/** The sizes that the three shapes mean. */
export function convolutionOf(shapes: ConvolutionShapes, attributes: Attributes): Convolution {
  const { x, weight, y } = shapes;
  const groups = attributes.groups as number;
  return {
    n: x[0] as number,
    groups,
    channels: weight[1] as number,
    outputs: (weight[0] as number) / groups,
    extents: x.slice(2),
    kernel: weight.slice(2),
    places: y.slice(2),
    window: windowAttributes(attributes),
  };
}

/** The shapes of a convolution's tensors. */
export function shapesOf({
  n,
  groups,
  channels,
  outputs,
  extents,
  kernel,
  places,
}: Convolution): ConvolutionShapes {
  return {
    x: [n, groups * channels, ...extents],
    weight: [groups * outputs, channels, ...kernel],
    y: [n, groups * outputs, ...places],
  };
}

/** Shape of y. @throws unless x, weight and window fit. */
export function inferPlaces(op: string, x: TensorType, weight: TensorType, attributes: Attributes): number[] {
  const groups = attributes.groups as number;
  const [outputs, channels] = weight.shape as [number, number];
  const isFitting =
    x.shape.length >= 3 &&
    weight.shape.length === x.shape.length &&
    Number.isInteger(groups) &&
    groups >= 1 &&
    x.shape[1] === channels * groups &&
    outputs % groups === 0;
  if (!isFitting)
    throw new Error(
      `${op}: expected x [n, channels, ..extents] and a weight [outputs, channels / groups, ..kernel] with both channels divisible by groups, found ${formatType(x)}, ${formatType(weight)} and ${groups} groups`,
    );
  const places = placesOf(op, x.shape.slice(2), weight.shape.slice(2), windowAttributes(attributes));
  return [x.shape[0] as number, outputs, ...places];
}

/** Element type that both arguments have. @throws unless it is one floating-point type. */
export function requireFloats(op: string, inputs: readonly TensorType[]): TensorType['dtype'] {
  requireFloat(op, inputs[0] as TensorType);
  return requireSameDType(op, inputs);
}

/** Calls `visit` for each product of the convolution with the positions of its factors in x, weight and y. */
export function eachProduct(c: Convolution, visit: (x: number, weight: number, y: number) => void): void {
  const taps = tapsOf(c.extents, c.kernel, c.places, c.window);
  const [pixels, elements, places] = [sizeOf(c.extents), sizeOf(c.kernel), sizeOf(c.places)];
  for (let image = 0; image < c.n; image++)
    for (let output = 0; output < c.groups * c.outputs; output++)
      for (let channel = 0; channel < c.channels; channel++) {
        const group = Math.floor(output / c.outputs);
        const x = ((image * c.groups + group) * c.channels + channel) * pixels;
        const weight = (output * c.channels + channel) * elements;
        const y = (image * c.groups * c.outputs + output) * places;
        for (const { place, element, source } of taps) visit(x + source, weight + element, y + place);
      }
}

/** Floating-point operations of a convolution or one of its gradients, a multiply-add counted as two. */
export function convolutionFlops(c: Convolution): number {
  return 2 * sizeOf(shapesOf(c).y) * c.channels * sizeOf(c.kernel);
}

/** The attributes of a convolution without those that only one of its operations has. */
export function sharedAttributes(node: Node): Attributes {
  const { strides, low, high, dilations, groups } = node.attributes;
  return { strides, low, high, dilations, groups } as Attributes;
}
