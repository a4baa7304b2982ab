/** Pooling as compositions: max pooling is a gather, average pooling a convolution with one weight for all channels. */
import type { Node } from '../../graph/node.ts';
import { type FloatDType, formatType, sameShape, sizeOf } from '../../graph/type.ts';
import { perAxis, placesOf, spans, type Window, type WindowOptions, windowOf } from '../define/window.ts';
import type { OpBuilder } from '../syntax.ts';
import { constantOf, resample } from './resample.ts';

export interface PoolingOptions extends WindowOptions {
  readonly kernel: number | readonly number[];
  /** Whether a last window that begins on the image or its padding but reaches beyond counts; false if left out. */
  readonly ceilMode?: boolean;
}

export interface AveragePoolingOptions extends PoolingOptions {
  /** Whether padding counts as zeros in the average; true if left out, as in PyTorch. */
  readonly countIncludesPadding?: boolean;
}

/** Largest element of each window; the stride is the kernel if left out. x [n, channels, ..extents]. */
export function maxPool(b: OpBuilder, x: Node, options: PoolingOptions): Node {
  const { kernel, window } = poolingOf(x, options);
  return b.gather(b.reshape(x, [-1]), b.windowArgmax(x, kernel, window));
}

/** Mean of each window; the stride is the kernel if left out. x [n, channels, ..extents]. */
export function averagePool(b: OpBuilder, x: Node, options: AveragePoolingOptions): Node {
  const { kernel, window, declared } = poolingOf(x, options);
  const extents = x.type.shape.slice(2);
  const [n, channels] = x.type.shape as [number, number];
  const dtype = x.type.dtype as FloatDType;
  const counts = countsOf(extents, kernel, window, options.countIncludesPadding === false ? null : declared);
  const size = sizeOf(kernel);
  const isUniform = counts.every((count) => count === size);
  const weight = constantOf(b, dtype, [1, 1, ...kernel], () => (isUniform ? 1 / size : 1));
  const planes = b.reshape(x, [n * channels, 1, ...extents]);
  const { strides: stride, low, high, dilations: dilation } = window;
  const pooled = b.conv(planes, weight, { stride, padding: { low, high }, dilation });
  const places = pooled.type.shape.slice(2);
  const shape = [n, channels, ...places];
  if (isUniform) return b.reshape(pooled, shape);
  const shares = constantOf(b, dtype, places, (i) => 1 / (counts[i] as number));
  return b.reshape(b.mul(pooled, shares), shape);
}

/**
 * Means over as many windows of nearly equal size as `outputs` says: from floor(i in / out) to before
 * ceil((i + 1) in / out), as in PyTorch. x [n, channels, ..extents] -> [n, channels, ..outputs].
 */
export function adaptiveAveragePool(b: OpBuilder, x: Node, outputs: readonly number[]): Node {
  const extents = x.type.shape.slice(2);
  perAxis('number of outputs', outputs, extents.length);
  if (sameShape(outputs, extents)) return x;
  if (outputs.every((output) => output === 1))
    return b.reduceMean(
      x,
      extents.map((_, axis) => axis + 2),
      true,
    );
  if (outputs.every((output, axis) => (extents[axis] as number) % output === 0))
    return averagePool(b, x, {
      kernel: outputs.map((output, axis) => (extents[axis] as number) / output),
    });
  return outputs.reduce((value, output, axis) => {
    const extent = extents[axis] as number;
    const first = (i: number) => Math.floor((i * extent) / output);
    const last = (i: number) => Math.ceil(((i + 1) * extent) / output) - 1;
    return resample(b, value, axis + 2, output, (i, j) =>
      j >= first(i) && j <= last(i) ? 1 / (last(i) - first(i) + 1) : 0,
    );
  }, x);
}

interface Pooling {
  readonly kernel: readonly number[];
  /** With what the last window of `ceilMode` needs after the padding. */
  readonly window: Window;
  /** As the options state it. */
  readonly declared: Window;
}

function poolingOf(x: Node, options: PoolingOptions): Pooling {
  const extents = x.type.shape.slice(2);
  if (extents.length === 0)
    throw new Error(`expected an image [n, channels, ..extents] to pool, found ${formatType(x.type)}`);
  const kernel = perAxis('kernel', options.kernel, extents.length);
  const declared = windowOf(extents.length, { ...options, stride: options.stride ?? kernel });
  if (!options.ceilMode) return { kernel, window: declared, declared };
  const places = placesOf('pooling', extents, kernel, declared);
  const span = spans(kernel, declared);
  const high = extents.map((extent, axis) => {
    const [low, after] = [declared.low[axis] as number, declared.high[axis] as number];
    const start = (places[axis] as number) * (declared.strides[axis] as number);
    const isLeftOver =
      start - (declared.strides[axis] as number) + (span[axis] as number) < low + extent + after;
    // A window that begins behind the image would see padding only.
    return isLeftOver && start < low + extent ? start + (span[axis] as number) - low - extent : after;
  });
  return { kernel, window: { ...declared, high }, declared };
}

/**
 * Elements that each window averages over, place by place: those of the image, and of the padding that `counted`
 * states if it is given.
 */
function countsOf(
  extents: readonly number[],
  kernel: readonly number[],
  window: Window,
  counted: Window | null,
): number[] {
  const places = placesOf('pooling', extents, kernel, window);
  const alongAxes = extents.map((extent, axis) => {
    const [first, last] = [-(counted?.low[axis] ?? 0), extent + (counted?.high[axis] ?? 0)];
    return Array.from({ length: places[axis] as number }, (_, place) => {
      const start = place * (window.strides[axis] as number) - (window.low[axis] as number);
      const at = Array.from(
        { length: kernel[axis] as number },
        (_, i) => start + i * (window.dilations[axis] as number),
      );
      return at.filter((position) => position >= first && position < last).length;
    });
  });
  return alongAxes.reduce<number[]>(
    (products, counts) => products.flatMap((product) => counts.map((count) => product * count)),
    [1],
  );
}
