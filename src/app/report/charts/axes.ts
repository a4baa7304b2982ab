/** Axes that the charts share: powers of ten, and eigenvalues divided by the 10th largest. */
import { fromSymmetricLog, toSymmetricLog } from '../../../spectrum/density.ts';
import { formatPowerOfTen } from '../format.ts';
import { textWidth } from '../text-layout.ts';

/**
 * Powers of ten inside `[low, high]`, thinned to at most `most` by leaving out all but every second, third...
 */
export function powersOfTen(low: number, high: number, most: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const step = Math.max(1, Math.ceil((last - first + 1) / most));
  const ticks: number[] = [];
  for (let exponent = last; exponent >= first; exponent -= step) ticks.unshift(Number(`1e${exponent}`));
  return ticks;
}

/**
 * Where a normalised eigenvalue lies on its axis, in decades: about linear within ±1, logarithmic beyond. Plot's
 * `symlog` scale with its default constant places it at the same pixel.
 */
export function decadesOf(normalised: number): number {
  return toSymmetricLog(normalised, 1);
}

/** The normalised eigenvalue that lies at `decades` on the axis. */
export function atDecades(decades: number): number {
  return fromSymmetricLog(decades, 1);
}

/** Pixels between the labels of neighbouring ticks, at least. */
const LABEL_GAP = 4;

/**
 * Ticks of a symmetric-logarithmic axis: zero and powers of ten on both sides, from the outermost inwards, without
 * those whose labels would cover another's; where all fit, also 3, 30... as far as they do.
 *
 * @param place the pixel of a value.
 */
export function symlogTicks(
  low: number,
  high: number,
  place: (value: number) => number,
  fontSize: number,
): number[] {
  const reach = Math.max(Math.abs(low), Math.abs(high));
  const powers: number[] = [];
  for (let exponent = 0; 10 ** exponent <= reach; exponent++) powers.unshift(10 ** exponent);
  const inside = (magnitudes: readonly number[]) =>
    magnitudes.flatMap((magnitude) => [magnitude, -magnitude]).filter((tick) => tick >= low && tick <= high);
  const kept = [0];
  const keep = (tick: number): boolean => {
    const clear = kept.every((other) => {
      const labels =
        textWidth(formatSymlogTick(tick), fontSize) + textWidth(formatSymlogTick(other), fontSize);
      return Math.abs(place(tick) - place(other)) >= labels / 2 + LABEL_GAP;
    });
    if (clear) kept.push(tick);
    return clear;
  };
  const fitting = inside(powers).filter(keep);
  if (fitting.length === inside(powers).length) inside(powers.map((power) => 3 * power)).forEach(keep);
  return kept.sort((a, b) => a - b);
}

/** A tick of the symmetric-logarithmic axis. */
export function formatSymlogTick(value: number): string {
  if (Math.abs(value) < 1e4) return String(value).replace('-', '−');
  return formatPowerOfTen(value);
}
