/** How a window moves over the spatial axes of an image: what convolution and pooling share. */

import type { Attributes } from '../../graph/node.ts';
import { stridesOf } from '../../graph/shape.ts';
import { sizeOf } from '../../graph/type.ts';

/** The movement of a window; each list has one number for each spatial axis. */
export interface Window {
  readonly strides: readonly number[];
  /** Elements of padding before each axis. */
  readonly low: readonly number[];
  /** Elements of padding after each axis. */
  readonly high: readonly number[];
  /** Distance between neighbouring elements of the window. */
  readonly dilations: readonly number[];
}

/** A window as models state it; one number stands for all axes. */
export interface WindowOptions {
  /** 1 if left out. */
  readonly stride?: number | readonly number[];
  /** Elements before and after each axis, or two lists where they differ; 0 if left out. */
  readonly padding?:
    | number
    | readonly number[]
    | { readonly low: readonly number[]; readonly high: readonly number[] };
  /** 1 if left out. */
  readonly dilation?: number | readonly number[];
}

/** The window of `rank` spatial axes that the options mean. @throws when a list has another length. */
export function windowOf(rank: number, options: WindowOptions): Window {
  const { stride = 1, padding = 0, dilation = 1 } = options;
  const sides = typeof padding === 'object' && 'low' in padding ? padding : { low: padding, high: padding };
  return {
    strides: perAxis('stride', stride, rank),
    low: perAxis('padding', sides.low, rank),
    high: perAxis('padding', sides.high, rank),
    dilations: perAxis('dilation', dilation, rank),
  };
}

/** One number for each axis. @throws when a list has another length. */
export function perAxis(what: string, value: number | readonly number[], rank: number): readonly number[] {
  if (typeof value === 'number') return new Array<number>(rank).fill(value);
  if (value.length !== rank)
    throw new Error(`expected a ${what} for each of ${rank} spatial axes, found [${value.join(', ')}]`);
  return value;
}

/** The window among an operation's attributes. */
export function windowAttributes({ strides, low, high, dilations }: Attributes): Window {
  return { strides, low, high, dilations } as unknown as Window;
}

/** Elements that a window of `kernel` elements spans, dilation counted. */
export function spans(kernel: readonly number[], { dilations }: Window): number[] {
  return kernel.map((extent, axis) => (extent - 1) * (dilations[axis] as number) + 1);
}

/**
 * Number of places of the window along each axis.
 * @throws when lists have another length, a number is out of range, or the window does not fit.
 */
export function placesOf(
  op: string,
  extents: readonly number[],
  kernel: readonly number[],
  window: Window,
): number[] {
  const { strides, low, high, dilations } = window;
  const isWhole = (list: readonly number[], least: number) =>
    list.length === extents.length && list.every((value) => Number.isInteger(value) && value >= least);
  if (
    !isWhole(kernel, 1) ||
    !isWhole(strides, 1) ||
    !isWhole(dilations, 1) ||
    !isWhole(low, 0) ||
    !isWhole(high, 0)
  )
    throw new Error(
      `${op}: expected kernel, strides and dilations of at least 1 and padding of at least 0 for each of ${extents.length} spatial axes, found ${JSON.stringify({ kernel, ...window })}`,
    );
  const span = spans(kernel, window);
  const padded = extents.map((extent, axis) => (low[axis] as number) + extent + (high[axis] as number));
  if (padded.some((extent, axis) => extent < (span[axis] as number)))
    throw new Error(
      `${op}: expected a window within the padded extents [${padded.join(', ')}], found one that spans [${span.join(', ')}]`,
    );
  return padded.map(
    (extent, axis) => Math.floor((extent - (span[axis] as number)) / (strides[axis] as number)) + 1,
  );
}

/** A place of the window, an element of it, and the element of the image that it covers; each counted row-major. */
export interface Tap {
  readonly place: number;
  readonly element: number;
  readonly source: number;
}

/** All taps of a window, place by place; those on padding are left out. For reference implementations. */
export function tapsOf(
  extents: readonly number[],
  kernel: readonly number[],
  places: readonly number[],
  window: Window,
): Tap[] {
  const { strides, low, dilations } = window;
  const taps: Tap[] = [];
  for (let place = 0; place < sizeOf(places); place++)
    for (let element = 0; element < sizeOf(kernel); element++) {
      const at = coordinates(place, places);
      const within = coordinates(element, kernel);
      const source = at.map(
        (p, axis) =>
          p * (strides[axis] as number) -
          (low[axis] as number) +
          (within[axis] as number) * (dilations[axis] as number),
      );
      if (source.every((coordinate, axis) => coordinate >= 0 && coordinate < (extents[axis] as number)))
        taps.push({ place, element, source: flatIndex(source, extents) });
    }
  return taps;
}

function coordinates(index: number, shape: readonly number[]): number[] {
  return stridesOf(shape).map((stride, axis) => Math.floor(index / stride) % (shape[axis] as number));
}

function flatIndex(at: readonly number[], shape: readonly number[]): number {
  const strides = stridesOf(shape);
  return at.reduce((sum, coordinate, axis) => sum + coordinate * (strides[axis] as number), 0);
}
