/** Numbers, times and sizes as people read them. */
import type { Estimate } from '../runs/records.ts';

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** What stands where there is no number. */
export const NO_VALUE = '–';

/** An integer in superscript digits, for example `⁻³`. */
export function superscript(integer: number): string {
  const digits = [...String(Math.abs(integer))].map((digit) => SUPERSCRIPTS[Number(digit)]).join('');
  return (integer < 0 ? '⁻' : '') + digits;
}

/** A tick of a logarithmic axis: `10⁻³`, `1`, `10`, `−10²`; empty for what is no power of ten. */
export function formatPowerOfTen(value: number): string {
  if (value === 0) return '0';
  const exponent = Math.log10(Math.abs(value));
  const nearest = Math.round(exponent);
  if (Math.abs(exponent - nearest) > 1e-9) return '';
  const sign = value < 0 ? '−' : '';
  if (nearest === 0) return `${sign}1`;
  return nearest === 1 ? `${sign}10` : `${sign}10${superscript(nearest)}`;
}

/**
 * A number to `digits` significant digits: plain between 0.001 and 100,000, else as `1.23e-5`.
 * The minus is the ASCII one, so that columns align and values can be copied into a program.
 */
export function formatNumber(value: number | null, digits = 3): string {
  if (value === null || Number.isNaN(value)) return NO_VALUE;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude < 1e-3 || magnitude >= 1e5) return value.toExponential(digits - 1).replace('e+', 'e');
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(magnitude)));
  return value.toFixed(Math.min(decimals, digits + 2));
}

/**
 * A mean with its standard error, `0.412 ± 0.008`, to the same decimals where they show it; the mean alone when
 * there is one probe.
 */
export function formatEstimate(estimate: Estimate | null, digits = 3): string {
  if (estimate === null) return NO_VALUE;
  const mean = formatNumber(estimate.mean, digits);
  if (estimate.standardError === null) return mean;
  const decimals = mean.includes('e') ? null : (mean.split('.')[1]?.length ?? 0);
  const alike = decimals === null ? '' : estimate.standardError.toFixed(decimals);
  return `${mean} ± ${Number(alike) > 0 ? alike : formatNumber(estimate.standardError, 2)}`;
}

/** A share of one in percent; `<0.1%` rather than a zero that is none. */
export function formatShare(share: number): string {
  if (Number.isNaN(share)) return NO_VALUE;
  if (share > 0 && share < 0.001) return '<0.1%';
  return `${(100 * share).toFixed(1)}%`;
}

// Making one takes far longer than using it, and a page writes hundreds of counts.
const COUNTS = new Intl.NumberFormat('en-US');

/** A count with its thousands set apart by commas. */
export function formatCount(count: number): string {
  return COUNTS.format(count);
}

/** A duration in the largest two units that suit it. */
export function formatDuration(elapsedMs: number): string {
  if (elapsedMs < 1000) return `${Math.round(elapsedMs)} ms`;
  const seconds = elapsedMs / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const wholeSeconds = Math.round(seconds);
  const minutes = Math.floor(wholeSeconds / 60);
  if (minutes < 60) return `${minutes} min ${wholeSeconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A size in memory, in binary units. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const rank = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${formatNumber(bytes / 1024 ** rank)} ${units[rank]}`;
}
