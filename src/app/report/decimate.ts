/** Fewer points, same picture. */

/**
 * The indices of a curve's points worth drawing: the first, the last, the least and the greatest in each pixel
 * column. A polyline through them covers the same pixels as one through all points.
 *
 * @param x ascending positions.
 * @param y values, as long as `x`.
 * @param columns pixel columns over the range of `x`.
 * @returns ascending indices, at most four a column.
 */
export function columnExtremes(x: readonly number[], y: readonly number[], columns: number): number[] {
  if (x.length !== y.length)
    throw new Error(`A curve has as many x as y, found ${x.length} and ${y.length}.`);
  if (x.length <= 4 * columns) return x.map((_, index) => index);
  const start = x[0]!;
  const range = x.at(-1)! - start || 1;
  const columnOf = (index: number) =>
    Math.min(columns - 1, Math.floor(((x[index]! - start) * columns) / range));
  const kept: number[] = [];
  let from = 0;
  while (from < x.length) {
    const column = columnOf(from);
    let to = from + 1;
    while (to < x.length && columnOf(to) === column) to++;
    kept.push(...extremesBetween(y, from, to));
    from = to;
  }
  return kept;
}

function extremesBetween(y: readonly number[], from: number, to: number): number[] {
  let least = from;
  let greatest = from;
  for (let index = from + 1; index < to; index++) {
    if (y[index]! < y[least]!) least = index;
    if (y[index]! > y[greatest]!) greatest = index;
  }
  return [...new Set([from, least, greatest, to - 1])].sort((a, b) => a - b);
}
