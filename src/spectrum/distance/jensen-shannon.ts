/** The Jensen-Shannon divergence of sampled densities, and the grid it is computed on. */
import { UserError } from '../../errors.ts';
import { CUT_OFF_SIGMAS, type Grid, linearGrid, meanDensity, nodeRange } from '../density.ts';
import type { OperatorSpectrum } from '../spectrum.ts';
import type { PreparedDistance } from './definition.ts';

/** A density on a shared grid with what every comparison of it needs. */
export interface SampledDensity {
  /** Values at all grid points. */
  readonly values: Float64Array;
  /** p log p at the same points, 0 where p is 0. */
  readonly selfEntropy: Float64Array;
  /** The values are 0 before `start` and from `end` on. */
  readonly start: number;
  readonly end: number;
}

/** Computes p log p and the support once. */
export function sampledDensity(values: Float64Array): SampledDensity {
  let start = 0;
  let end = values.length;
  while (start < end && values[start] === 0) start++;
  while (end > start && values[end - 1] === 0) end--;
  const selfEntropy = new Float64Array(values.length);
  for (let i = start; i < end; i++) selfEntropy[i] = timesLog(values[i]!);
  return { values, selfEntropy, start, end };
}

/**
 * The sum over grid points of (1/2) p log(p/m) + (1/2) q log(q/m), m = (p+q)/2, natural logarithms.
 * Times the spacing it is the Jensen-Shannon divergence in nats.
 *
 * A point where one density vanishes contributes (1/2) ln 2 times the other, and none where both do.
 * Equal densities give exactly 0; rounding below 0 is cut off.
 */
export function jensenShannonSum(p: SampledDensity, q: SampledDensity): number {
  const start = Math.min(p.start, q.start);
  const end = Math.max(p.end, q.end);
  let sum = 0;
  for (let i = start; i < end; i++) {
    const a = p.values[i]!;
    const b = q.values[i]!;
    if (a === 0 || b === 0) {
      sum += ((a + b) / 2) * Math.LN2;
      continue;
    }
    const m = (a + b) / 2;
    sum += (p.selfEntropy[i]! + q.selfEntropy[i]!) / 2 - m * Math.log(m);
  }
  return Math.max(0, sum);
}

/** The term of the same sum for two probabilities of one outcome. */
export function jensenShannonTerm(a: number, b: number): number {
  return Math.max(0, (timesLog(a) + timesLog(b)) / 2 - timesLog((a + b) / 2));
}

function timesLog(x: number): number {
  return x > 0 ? x * Math.log(x) : 0;
}

/** More points than this are never taken: sigma is widened instead. */
const MAX_GRID_POINTS = 65_536;

/** The points of a smoothing grid, and the sigma that it resolves. */
export interface SmoothingGrid {
  readonly grid: Grid;
  readonly sigma: number;
  readonly spacing: number;
}

/**
 * A grid from 9 sigma below `least` to 9 sigma above `largest` with a spacing of at most sigma / 2, on
 * which the sum of a Gaussian times the spacing is 1 to rounding (the trapezoidal rule errs by
 * 2 exp(-2 pi^2 sigma^2 / spacing^2)). Where that would take more than 65,536 points, sigma is widened.
 *
 * @param points the least number of points.
 * @throws UserError for fewer than 64 points.
 */
export function smoothingGrid(least: number, largest: number, sigma: number, points: number): SmoothingGrid {
  if (!Number.isSafeInteger(points) || points < 64) {
    throw new UserError(`expected a grid of at least 64 points for distances, found ${points}`);
  }
  const margins = 2 * CUT_OFF_SIGMAS;
  const wanted = Math.ceil(2 * ((largest - least) / sigma + margins)) + 1;
  const count = Math.max(points, Math.min(wanted, MAX_GRID_POINTS));
  const resolved = Math.max(sigma, (largest - least) / ((count - 1) / 2 - margins));
  const margin = CUT_OFF_SIGMAS * resolved;
  const grid = linearGrid(least - margin, largest + margin, count);
  return { grid, sigma: resolved, spacing: (largest - least + 2 * margin) / (count - 1) };
}

/** Jensen-Shannon divergences in nats between the smoothed densities of several spectra. */
export function prepareDivergence(
  spectra: readonly OperatorSpectrum[],
  requestedSigma: number,
  gridPoints: number,
): PreparedDistance {
  const { least, largest } = nodeRange(spectra);
  const { grid, sigma, spacing } = smoothingGrid(least, largest, requestedSigma, gridPoints);
  const densities = spectra.map((spectrum) => sampledDensity(meanDensity(spectrum, grid, sigma)));
  return {
    between: (i, j) => spacing * jensenShannonSum(densities[i]!, densities[j]!),
    setting: describeGrid(grid, sigma),
  };
}

/** For example "Used here: sigma 0.012 on 4096 points from -1.3 to 2.4." */
export function describeGrid(grid: Grid, sigma: number): string {
  const { points } = grid;
  const shown = [sigma, points[0]!, points.at(-1)!].map((value) => Number(value.toPrecision(4)));
  return `Used here: sigma ${shown[0]} on ${points.length} points from ${shown[1]} to ${shown[2]}.`;
}
