/**
 * Spearman's rank correlation: the correlation of ranks, from -1 to 1. Equal values share the mean of their ranks.
 *
 * @param x values, as many as `y`.
 * @returns null for fewer than two pairs, and where all values of one side are equal.
 */
export function rankCorrelation(x: readonly number[], y: readonly number[]): number | null {
  if (x.length !== y.length) throw new Error(`expected as many x as y, found ${x.length} and ${y.length}`);
  const [a, b] = [centred(ranksOf(x)), centred(ranksOf(y))];
  const spread = Math.sqrt(product(a, a) * product(b, b));
  return spread === 0 ? null : product(a, b) / spread;
}

/** 1 for the least. */
function ranksOf(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function product(x: readonly number[], y: readonly number[]): number {
  return x.reduce((sum, value, index) => sum + value * (y[index] as number), 0);
}
