/**
 * Axes as a map from values to positions. Charts draw in positions, evenly, whatever the axis is; that makes zooming, rugs,
 * densities and files the same for linear, logarithmic and symmetric-logarithmic axes.
 */
import { formatNumber, formatPowerOfTen } from '../../src/app/report/format.ts';
import { fromSymmetricLog, toSymmetricLog } from '../../src/spectrum/density.ts';

/** A tick in position and words. */
export interface AxisTick {
  readonly position: number;
  readonly text: string;
}

export interface PlacedAxis {
  readonly label: string;
  /** The position of a value; not finite for what the axis cannot show. */
  place(value: number): number;
  valueAt(position: number): number;
  /** Ticks between two positions, about one every `spacing` positions. */
  ticks(low: number, high: number, spacing: number): AxisTick[];
}

/** 1, 2 or 5 times a power of ten: the least that is not below `step`. */
function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return ([1, 2, 5, 10].find((factor) => factor * power >= step * (1 - 1e-9)) ?? 10) * power;
}

/** Round numbers between two values. */
export function roundNumbers(low: number, high: number, spacing: number): number[] {
  if (!(high > low) || !(spacing > 0)) return [];
  const step = niceStep(spacing);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, Math.min(count, 200)) }, (_, index) => (first + index) * step);
}

/** A tick's text, to as many digits as tell neighbours apart. */
function linearText(value: number, step: number): string {
  if (Math.abs(value) < step / 1e6) return '0';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e6 || magnitude < 1e-3) {
    const digits = Math.max(0, Math.floor(Math.log10(magnitude)) - Math.floor(Math.log10(step)));
    return value.toExponential(Math.min(digits, 6)).replace('e+', 'e').replace('-', '−');
  }
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return value.toFixed(Math.min(decimals, 8)).replace('-', '−');
}

function roundTicks(low: number, high: number, spacing: number): AxisTick[] {
  const step = spacing > 0 ? niceStep(spacing) : 1;
  return roundNumbers(low, high, spacing).map((value) => ({
    position: value,
    text: linearText(value, step),
  }));
}

/** Values are their own positions. */
export function linearAxis(label: string): PlacedAxis {
  return { label, place: (value) => value, valueAt: (position) => position, ticks: roundTicks };
}

/** Decades; what is not positive has no place. */
export function logAxis(label: string): PlacedAxis {
  return {
    label,
    place: (value) => (value > 0 ? Math.log10(value) : Number.NaN),
    valueAt: (position) => 10 ** position,
    ticks: (low, high, spacing) => decadeTicks(low, high, spacing),
  };
}

function decadeTicks(low: number, high: number, spacing: number): AxisTick[] {
  if (high - low < 1.5) return withinDecades(low, high, spacing);
  const step = Math.max(1, Math.ceil(spacing));
  return roundNumbers(Math.ceil(low / step) * step, high, step)
    .filter((position) => Math.abs(position - Math.round(position)) < 1e-9)
    .map((position) => ({ position, text: formatPowerOfTen(Number(`1e${Math.round(position)}`)) }));
}

/** Where there is hardly a power of ten in sight: round numbers, as far apart as the spacing asks. */
function withinDecades(low: number, high: number, spacing: number): AxisTick[] {
  const [least, largest] = [10 ** low, 10 ** high];
  const ticks: AxisTick[] = [];
  for (const value of roundNumbers(least, largest, (largest - least) / 24)) {
    const position = Math.log10(value);
    const before = ticks.at(-1);
    if (value > 0 && (!before || position - before.position >= spacing * 0.8))
      ticks.push({ position, text: formatNumber(value, 2) });
  }
  return ticks;
}

/** About linear within ± the threshold, decades beyond it on both sides. */
export function symmetricLogAxis(label: string, threshold: number): PlacedAxis {
  const place = (value: number) => toSymmetricLog(value, threshold);
  return {
    label,
    place,
    valueAt: (position) => fromSymmetricLog(position, threshold),
    ticks: (low, high, spacing) => symmetricTicks(low, high, spacing, threshold, place),
  };
}

function symmetricTicks(
  low: number,
  high: number,
  spacing: number,
  threshold: number,
  place: (value: number) => number,
): AxisTick[] {
  const reach = Math.max(Math.abs(low), Math.abs(high));
  const first = Math.ceil(Math.log10(threshold) - 1e-9);
  const last = Math.floor(Math.log10(fromSymmetricLog(reach, threshold)) + 1e-9);
  const kept = [0].filter((position) => position >= low && position <= high);
  const ticks: AxisTick[] = kept.map((position) => ({ position, text: '0' }));
  // From the outermost inwards, so that the ends are named.
  for (let exponent = last; exponent >= first; exponent--)
    for (const sign of [1, -1]) {
      const position = place(sign * 10 ** exponent);
      if (position < low || position > high) continue;
      if (kept.some((other) => Math.abs(other - position) < spacing * 0.8)) continue;
      kept.push(position);
      ticks.push({ position, text: formatPowerOfTen(sign * Number(`1e${exponent}`)) });
    }
  return ticks.sort((a, b) => a.position - b.position);
}
