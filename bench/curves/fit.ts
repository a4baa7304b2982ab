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
