/** A mean over probes with its standard error (null when there is one probe only). */
export interface Estimate {
  readonly mean: number;
  readonly standardError: number | null;
}

/** The mean of independent values, one a probe, and the standard error of that mean. */
export function estimate(values: readonly number[]): Estimate {
  const n = values.length;
  if (n === 0) throw new Error('expected the values of at least one probe, found none');
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { mean, standardError: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (n - 1) / n) };
}

/**
 * The standard error of an estimator by the jackknife: `leftOut[i]` is the estimator without probe i.
 *
 * @returns null for fewer than two values.
 */
export function jackknifeStandardError(leftOut: readonly number[]): number | null {
  const n = leftOut.length;
  if (n < 2) return null;
  const mean = leftOut.reduce((sum, value) => sum + value, 0) / n;
  const squares = leftOut.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(((n - 1) / n) * squares);
}
