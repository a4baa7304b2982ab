/** What the charts draw of a spectrum: densities on the axis that they are drawn on. */
import { linearGrid, type SmoothDensity, smoothDensity } from '../../spectrum/density.ts';
import type { OperatorSpectrum } from '../../spectrum/spectrum.ts';

/** A density on a grid with its standard error over probes (null with one probe). */
export interface DensityCurve {
  readonly x: readonly number[];
  /** Mean over probes, per unit of the axis. */
  readonly density: readonly number[];
  readonly standardError: readonly number[] | null;
}

/** A stretch of an axis and how finely it is sampled. */
export interface AxisGrid {
  readonly low: number;
  readonly high: number;
  readonly points: number;
}

function toCurve(x: Float64Array, { mean, standardError }: SmoothDensity): DensityCurve {
  return { x: [...x], density: [...mean], standardError: standardError && [...standardError] };
}

/**
 * The density of a spectrum along an axis, smoothed by a Gaussian of width `sigma` on that axis.
 *
 * @param place the position of an eigenvalue on the axis; it must not decrease.
 */
export function densityAlong(
  spectrum: OperatorSpectrum,
  axis: AxisGrid,
  sigma: number,
  place = (eigenvalue: number) => eigenvalue,
): DensityCurve {
  const placed = {
    ...spectrum,
    probes: spectrum.probes.map((probe) => ({ ...probe, nodes: probe.nodes.map(place) })),
  };
  const grid = linearGrid(axis.low, axis.high, axis.points);
  return toCurve(grid.points, smoothDensity(placed, grid, sigma));
}
