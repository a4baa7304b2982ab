/**
 * How convolutions are written as ONNX nodes. ONNX Runtime's CPU has Conv and ConvTranspose in float32 only; in
 * float64, and for the weight gradient, they are matrix products over windows that are cut out by slices.
 */
import { sizeOf } from '../../graph/type.ts';
import { emitPad } from '../pad.ts';
import { type Convolution, shapesOf } from './convolution.ts';
import type { EmitScope, EmittedAttribute } from './operation.ts';
import { spans } from './window.ts';

/** Attributes of Conv; ConvTranspose has the same. */
export function convAttributes({
  groups,
  kernel,
  window,
}: Convolution): Readonly<Record<string, EmittedAttribute>> {
  return {
    kernel_shape: { ints: kernel },
    strides: { ints: window.strides },
    pads: { ints: [...window.low, ...window.high] },
    dilations: { ints: window.dilations },
    group: { int: groups },
  };
}

/** A convolution as one matrix product in each group, over columns that hold the windows. For float64. */
export function emitConvAsProduct(scope: EmitScope, x: string, weight: string, c: Convolution): string {
  const { n, groups, channels, outputs, kernel, places } = c;
  const padded = emitPadded(scope, x, c);
  const windows = positionsOf(kernel).map((position) =>
    scope.node('Reshape', [
      emitWindow(scope, padded, position, c),
      scope.ints([n, groups, channels, 1, sizeOf(places)]),
    ]),
  );
  const depth = channels * sizeOf(kernel);
  const columns = scope.node('Reshape', [
    scope.node('Concat', windows, { axis: { int: 3 } }),
    scope.ints([n, groups, depth, sizeOf(places)]),
  ]);
  const matrix = scope.node('Reshape', [weight, scope.ints([groups, outputs, depth])]);
  return scope.node('Reshape', [scope.node('MatMul', [matrix, columns]), scope.ints(shapesOf(c).y)]);
}

/**
 * Below this many places a product for each image is too small, and images and places are summed over in one:
 * 512 channels, 7 x 7 places, kernel 3 x 3: 139 against 88 GFLOPS; at 14 x 14 places 98 against 128.
 */
const PLACES_FOR_ONE_IMAGE = 128;

/** The weight gradient as one product for each element of the kernel. */
export function emitWeightGradientAsProducts(scope: EmitScope, x: string, y: string, c: Convolution): string {
  const { n, groups, channels, outputs, kernel, places } = c;
  const isJoined = sizeOf(places) < PLACES_FOR_ONE_IMAGE;
  const lead = isJoined ? [] : [n];
  const length = sizeOf(places) * (isJoined ? n : 1);
  const arrange = (value: string) => (isJoined ? swapFirstAxes(scope, value, kernel.length + 2) : value);
  const cotangent = scope.node('Reshape', [arrange(y), scope.ints([...lead, groups, outputs, length])]);
  const padded = emitPadded(scope, arrange(x), c);
  const products = positionsOf(kernel).map((position) => {
    const rows = scope.node('Reshape', [
      emitWindow(scope, padded, position, c),
      scope.ints([...lead, groups, channels, length]),
    ]);
    const product = scope.node('MatMul', [cotangent, swapLastAxes(scope, rows, lead.length + 3)]);
    const summed = isJoined
      ? product
      : scope.node('ReduceSum', [product, scope.ints([0])], { keepdims: { int: 0 } });
    return scope.node('Reshape', [summed, scope.ints([1, groups * outputs, channels])]);
  });
  const stacked = scope.node('Concat', products, { axis: { int: 0 } });
  const elementsLast = scope.node('Transpose', [stacked], { perm: { ints: [1, 2, 0] } });
  return scope.node('Reshape', [elementsLast, scope.ints(shapesOf(c).weight)]);
}

/**
 * The weight gradient as a Conv whose images are the channels of x and whose channels are the images: the
 * cotangent is the kernel, strides and dilations change places. Fast where x has few channels.
 */
export function emitWeightGradientAsConv(scope: EmitScope, x: string, y: string, c: Convolution): string {
  const { n, groups, channels, extents, kernel, places, window } = c;
  const apart = scope.node('Reshape', [x, scope.ints([n, groups, channels, sizeOf(extents)])]);
  const swapped = scope.node('Transpose', [apart], { perm: { ints: [2, 1, 0, 3] } });
  const images = scope.node('Reshape', [swapped, scope.ints([channels, groups * n, ...extents])]);
  const product = scope.node('Conv', [images, swapFirstAxes(scope, y, kernel.length + 2)], {
    kernel_shape: { ints: places },
    strides: { ints: window.dilations },
    pads: { ints: [...window.low, ...window.high] },
    dilations: { ints: window.strides },
    group: { int: groups },
  });
  // Elements of x that no window reaches would give the kernel further elements.
  const cut = scope.node('Slice', [
    product,
    scope.ints(kernel.map(() => 0)),
    scope.ints(kernel),
    scope.ints(kernel.map((_, axis) => axis + 2)),
  ]);
  return swapFirstAxes(scope, cut, kernel.length + 2);
}

/**
 * The input gradient as a convolution over the cotangent: its stride 1, the cotangent's elements apart by the stride
 * of the original. Padding may come out negative, where the original's reached beyond every window.
 */
export function gradientConvolution(c: Convolution): Convolution {
  const { groups, channels, outputs, extents, kernel, places, window } = c;
  const apart = places.map((count, axis) => (count - 1) * (window.strides[axis] as number) + 1);
  const span = spans(kernel, window);
  const low = span.map((width, axis) => width - 1 - (window.low[axis] as number));
  const high = span.map(
    (width, axis) => (extents[axis] as number) + width - 1 - (apart[axis] as number) - (low[axis] as number),
  );
  return {
    n: c.n,
    groups,
    channels: outputs,
    outputs: channels,
    extents: apart,
    kernel,
    places: extents,
    window: { strides: kernel.map(() => 1), low, high, dilations: window.dilations },
  };
}

/** The weight of {@link gradientConvolution}: channels exchanged within groups, the kernel read backwards. */
export function emitFlippedWeight(scope: EmitScope, weight: string, c: Convolution): string {
  const { groups, channels, outputs, kernel } = c;
  const apart = scope.node('Reshape', [weight, scope.ints([groups, outputs, channels, ...kernel])]);
  const behind = kernel.map((_, axis) => axis + 3);
  const exchanged = scope.node('Transpose', [apart], { perm: { ints: [0, 2, 1, ...behind] } });
  const joined = scope.node('Reshape', [exchanged, scope.ints([groups * channels, outputs, ...kernel])]);
  return scope.node('Slice', [
    joined,
    scope.ints(kernel.map(() => -1)),
    scope.ints(kernel.map((extent) => -extent - 1)),
    scope.ints(kernel.map((_, axis) => axis + 2)),
    scope.ints(kernel.map(() => -1)),
  ]);
}

/** The cotangent with its elements `stride` apart, zeros between them. */
export function emitSpread(scope: EmitScope, y: string, c: Convolution): string {
  const zeros = [0, 0, ...c.kernel.map(() => 0)];
  const between = [0, 0, ...c.window.strides.map((stride) => stride - 1)];
  return emitPad(scope, y, shapesOf(c).y, zeros, zeros, between);
}

/** All elements of a kernel, row-major. */
function positionsOf(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (positions, extent) =>
      positions.flatMap((position) => Array.from({ length: extent }, (_, i) => [...position, i])),
    [[]],
  );
}

function emitPadded(scope: EmitScope, x: string, { window }: Convolution): string {
  const sides = [...window.low, ...window.high];
  if (sides.every((width) => width === 0)) return x;
  return scope.node('Pad', [x, scope.ints([0, 0, ...window.low, 0, 0, ...window.high])]);
}

/** What one element of the kernel meets at all places: the last axes of `padded`, sliced. */
function emitWindow(
  scope: EmitScope,
  padded: string,
  position: readonly number[],
  { window, places }: Convolution,
): string {
  const starts = position.map((index, axis) => index * (window.dilations[axis] as number));
  const stops = starts.map(
    (start, axis) => start + ((places[axis] as number) - 1) * (window.strides[axis] as number) + 1,
  );
  const axes = position.map((_, axis) => axis + 2);
  return scope.node('Slice', [
    padded,
    ...[starts, stops, axes, window.strides].map((list) => scope.ints(list)),
  ]);
}

function swapFirstAxes(scope: EmitScope, value: string, rank: number): string {
  const order = Array.from({ length: rank }, (_, axis) => (axis < 2 ? 1 - axis : axis));
  return scope.node('Transpose', [value], { perm: { ints: order } });
}

function swapLastAxes(scope: EmitScope, value: string, rank: number): string {
  const order = Array.from({ length: rank }, (_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
  return scope.node('Transpose', [value], { perm: { ints: order } });
}
