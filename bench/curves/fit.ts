/** A power law through measured points. */
export interface PowerLaw {
  /** y is proportional to x to this power, by least squares on logarithms. */
  readonly exponent: number;
  /** The same between the two largest points, where fixed costs weigh least. */
  readonly lastExponent: number;
}

/** @param points at least two, x and y positive, x ascending. */
export function fitPowerLaw(points: readonly (readonly [x: number, y: number])[]): PowerLaw {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (index: 0 | 1) => logs.reduce((sum, point) => sum + point[index], 0) / logs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const variance = logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const [before, last] = logs.slice(-2) as [readonly [number, number], readonly [number, number]];
  return {
    exponent: covariance / variance,
    lastExponent: (last[1] - before[1]) / (last[0] - before[0]),
  };
}

/** A straight line through measured points. */
export interface Line {
  /** y where x is 0: what is spent whatever x is. */
  readonly fixed: number;
  readonly perUnit: number;
  /** The largest |y - line| / y. */
  readonly largestMiss: number;
}

/** The line of least squares of relative errors, so that small points count as much as large ones. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): Line {
  const sum = (term: (x: number, y: number) => number) =>
    points.reduce((total, [x, y]) => total + term(x, y) / y ** 2, 0);
  const [weights, x1, x2, y1, xy] = [
    sum(() => 1),
    sum((x) => x),
    sum((x) => x * x),
    sum((_, y) => y),
    sum((x, y) => x * y),
  ] as [number, number, number, number, number];
  const perUnit = (weights * xy - x1 * y1) / (weights * x2 - x1 * x1);
  const fixed = (y1 - perUnit * x1) / weights;
  const misses = points.map(([x, y]) => Math.abs(y - fixed - perUnit * x) / y);
  return { fixed, perUnit, largestMiss: Math.max(...misses) };
}
