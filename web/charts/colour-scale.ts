/** Numbers as colours: viridis or cividis, both readable without seeing red and green apart. */
import { interpolateCividis, interpolateViridis } from 'd3-scale-chromatic';
import { toSymmetricLog } from '../../src/spectrum/density.ts';

export const COLOUR_SCHEMES = ['viridis', 'cividis'] as const;
export type ColourScheme = (typeof COLOUR_SCHEMES)[number];

const STEPS = 256;

/** Red, green and blue, 0 to 255. */
type Rgb = readonly [number, number, number];

function rgbOf(colour: string): Rgb {
  const numbers = colour.startsWith('#')
    ? [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
    : (colour.match(/\d+/g) ?? []).map(Number);
  return [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0];
}

function tableOf(interpolate: (share: number) => string): readonly Rgb[] {
  return Array.from({ length: STEPS }, (_, index) => rgbOf(interpolate(index / (STEPS - 1))));
}

const TABLES: Readonly<Record<ColourScheme, readonly Rgb[]>> = {
  viridis: tableOf(interpolateViridis),
  cividis: tableOf(interpolateCividis),
};

/** The colour at a share of the way along a scheme, 0 to 1. */
export function colourAt(scheme: ColourScheme, share: number): Rgb {
  const table = TABLES[scheme];
  return table[Math.round(Math.min(1, Math.max(0, share)) * (STEPS - 1))] as Rgb;
}

/** The same for CSS. */
export function cssColourAt(scheme: ColourScheme, share: number): string {
  return `rgb(${colourAt(scheme, share).join(' ')})`;
}

/** Black or white, whichever is easier to read on a colour. */
export function inkOn([red, green, blue]: Rgb): string {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? '#000000' : '#ffffff';
}

/** Numbers to shares, with what a legend says. */
export interface ValueScale {
  readonly low: number;
  readonly high: number;
  /** 0 to 1; null where there is no value to show. */
  shareOf(value: number | null): number | null;
  valueAt(share: number): number;
}

/** Values that span more than this are told apart by their logarithm. */
const LOG_BEYOND = 30;
/** A symmetric-log scale is about linear below this share of the largest magnitude. */
const LINEAR_SHARE = 1e-6;

/** Even steps between two ends. */
export function linearScale(low: number, high: number): ValueScale {
  const range = high - low || 1;
  return {
    low,
    high,
    shareOf: (value) => (value === null ? null : (value - low) / range),
    valueAt: (share) => low + share * range,
  };
}

/**
 * A scale over some values: even steps, or even decades where they span many; with values on both sides of zero,
 * decades of either side.
 */
export function scaleOver(values: readonly (number | null)[]): ValueScale {
  const present = values.filter((value): value is number => value !== null && Number.isFinite(value));
  if (present.length === 0) return linearScale(0, 1);
  const [low, high] = [Math.min(...present), Math.max(...present)];
  const sizes = present.map(Math.abs).filter((size) => size > 0);
  const largest = Math.max(...sizes, 0);
  if (sizes.length === 0 || largest / Math.min(...sizes) < LOG_BEYOND) return linearScale(low, high);
  const threshold = Math.max(Math.min(...sizes), largest * LINEAR_SHARE);
  const place = (value: number) => toSymmetricLog(value, threshold);
  const even = linearScale(place(low), place(high));
  return {
    low,
    high,
    shareOf: (value) => (value === null ? null : even.shareOf(place(value))),
    valueAt: (share) => {
      const position = even.valueAt(share);
      // What lies this far below the threshold is zero to the eye.
      if (Math.abs(position) < 1e-3) return 0;
      return Math.sign(position) * threshold * Math.expm1(Math.abs(position) * Math.LN10);
    },
  };
}
