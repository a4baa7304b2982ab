/**
 * Smooth spectral densities on one grid shared by all spectra that are compared: Gaussians of width
 * sigma at the nodes (the paper's f, Appendix C.2), weighted and averaged over probes. Nodes and
 * weights are what is stored; sigma and grid are chosen when looking.
 */
import { UserError } from '../errors.ts';
import type { OperatorSpectrum } from './spectrum.ts';

/** Gaussians are cut off at this many sigma: exp(-9^2 / 2) is below 1e-17, the mass beyond below 3e-19. */
export const CUT_OFF_SIGMAS = 9;

/** Positions at which densities are sampled, ascending. */
export interface Grid {
  readonly kind: 'linear' | 'symmetric-log';
  readonly points: Float64Array;
  /** Below it a symmetric-log grid is about linear; null for a linear grid. */
  readonly linearThreshold: number | null;
}

export type GridRequest =
  | { readonly kind: 'linear'; readonly points: number }
  | {
      readonly kind: 'symmetric-log';
      readonly points: number;
      /** In units of eigenvalues; `largest magnitude x 1e-6` when left out. */
      readonly linearThreshold?: number;
    };

/**
 * How wide the Gaussians are.
 *
 * - `absolute`: sigma in units of eigenvalues (meaningless across models; the paper's code has sqrt(1e-5)).
 * - `relative`: a fraction of the distance from the least to the largest node of all spectra compared.
 * - `bandwidth`: Silverman's rule of thumb, 0.9 min(s, IQR / 1.34) n^(-1/5), where s is the standard
 *   deviation and IQR the interquartile range of a spectrum's mean measure, and n = 1 / sum w^2 the
 *   effective number of its nodes; the median of it over the spectra compared.
 */
export type SigmaRule =
  | { readonly rule: 'absolute'; readonly sigma: number }
  | { readonly rule: 'relative'; readonly fraction: number }
  | { readonly rule: 'bandwidth' };

/** A density sampled on a grid, in 1 / (units of eigenvalues). */
export interface SmoothDensity {
  /** Mean over probes at each grid point. */
  readonly mean: Float64Array;
  /** Standard error of that mean; null with one probe. */
  readonly standardError: Float64Array | null;
}

/** The least and the largest node of several spectra. */
export function nodeRange(spectra: readonly OperatorSpectrum[]): { least: number; largest: number } {
  let least = Infinity;
  let largest = -Infinity;
  for (const { probes } of spectra) {
    for (const { nodes } of probes) {
      least = Math.min(least, nodes[0]!);
      largest = Math.max(largest, nodes.at(-1)!);
    }
  }
  if (!(least <= largest)) throw new Error('expected at least one spectrum with nodes, found none');
  return { least, largest };
}

/**
 * A grid from the least to the largest node of all spectra to be compared (Appendix C.2: "sweeping t
 * from the minimal node to the maximal node").
 *
 * @throws UserError for fewer than two points or a threshold that is not positive.
 */
export function sharedGrid(spectra: readonly OperatorSpectrum[], request: GridRequest): Grid {
  const { least, largest } = nodeRange(spectra);
  if (request.kind === 'linear') return linearGrid(least, largest, request.points);
  const size = Math.max(Math.abs(least), Math.abs(largest));
  const threshold = request.linearThreshold ?? (size > 0 ? 1e-6 * size : 1);
  if (!(threshold > 0)) {
    throw new UserError(`expected a positive linear threshold for a symmetric-log grid, found ${threshold}`);
  }
  const positions = linearGrid(
    toSymmetricLog(least, threshold),
    toSymmetricLog(largest, threshold),
    request.points,
  );
  const points = positions.points.map((position) => fromSymmetricLog(position, threshold));
  points[0] = least;
  points[points.length - 1] = largest;
  return { kind: 'symmetric-log', points, linearThreshold: threshold };
}

/** Evenly spaced points, both ends included. */
export function linearGrid(least: number, largest: number, count: number): Grid {
  if (!Number.isSafeInteger(count) || count < 2) {
    throw new UserError(`expected a grid of at least 2 points, found ${count}`);
  }
  const points = new Float64Array(count);
  const spacing = (largest - least) / (count - 1);
  for (let i = 0; i < count; i++) points[i] = least + i * spacing;
  points[count - 1] = largest;
  return { kind: 'linear', points, linearThreshold: null };
}

/** Odd and increasing; about linear below the threshold and decades above it. */
export function toSymmetricLog(x: number, threshold: number): number {
  return (Math.sign(x) * Math.log1p(Math.abs(x) / threshold)) / Math.LN10;
}

/** The inverse of `toSymmetricLog`. */
export function fromSymmetricLog(position: number, threshold: number): number {
  return Math.sign(position) * threshold * Math.expm1(Math.abs(position) * Math.LN10);
}

/**
 * The width of the Gaussians for the spectra compared, by a rule. Where a rule gives 0 (all nodes at
 * one place), it is 1, and all densities are equal.
 *
 * @throws UserError when the rule's number is not positive.
 */
export function resolveSigma(rule: SigmaRule, spectra: readonly OperatorSpectrum[]): number {
  if (rule.rule === 'absolute') return positive(rule.sigma, 'sigma');
  if (rule.rule === 'relative') {
    const { least, largest } = nodeRange(spectra);
    return positive(rule.fraction, 'fraction of the range') * (largest - least) || 1;
  }
  const bandwidths = spectra.map(silvermanBandwidth).sort((a, b) => a - b);
  const middle = bandwidths.length / 2;
  const median = (bandwidths[Math.floor(middle - 0.5)]! + bandwidths[Math.floor(middle)]!) / 2;
  return median || 1;
}

/** A sentence's worth of a sigma rule, for records and captions. */
export function describeSigma(rule: SigmaRule): string {
  if (rule.rule === 'absolute') return `sigma = ${rule.sigma}`;
  if (rule.rule === 'relative') return `sigma = ${rule.fraction} x the range of the nodes compared`;
  return "sigma by Silverman's rule, median over the spectra compared";
}

function positive(value: number, what: string): number {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new UserError(`expected a positive number as the ${what} of a density, found ${value}`);
  }
  return value;
}

/** The mean measure of a spectrum as one list of point masses, ascending; masses sum to 1. */
export function meanMeasure(spectrum: OperatorSpectrum): { nodes: Float64Array; masses: Float64Array } {
  const points = spectrum.probes.flatMap(({ nodes, weights }) =>
    nodes.map((node, i) => ({ node, mass: weights[i]! / spectrum.probes.length })),
  );
  points.sort((a, b) => a.node - b.node);
  return {
    nodes: Float64Array.from(points, ({ node }) => node),
    masses: Float64Array.from(points, ({ mass }) => mass),
  };
}

function silvermanBandwidth(spectrum: OperatorSpectrum): number {
  const { nodes, masses } = meanMeasure(spectrum);
  let mean = 0;
  let squaredMasses = 0;
  nodes.forEach((node, i) => {
    mean += masses[i]! * node;
    squaredMasses += masses[i]! ** 2;
  });
  let variance = 0;
  nodes.forEach((node, i) => {
    variance += masses[i]! * (node - mean) ** 2;
  });
  const interquartile = (quantile(nodes, masses, 0.75) - quantile(nodes, masses, 0.25)) / 1.34;
  const deviation = Math.sqrt(variance);
  // Half the mass at one place (zero, most often) makes the interquartile range useless.
  const spread = interquartile > 0 ? Math.min(deviation, interquartile) : deviation;
  return 0.9 * spread * squaredMasses ** 0.2;
}

/** The least node at or below which lies at least `share` of the mass. @param nodes ascending, at least one. */
export function quantile(nodes: ArrayLike<number>, masses: ArrayLike<number>, share: number): number {
  let below = 0;
  for (let i = 0; i < nodes.length; i++) {
    below += masses[i]!;
    if (below >= share) return nodes[i]!;
  }
  return nodes[nodes.length - 1]!;
}

/**
 * The density of a spectrum on a grid: sum of weights times Gaussians, mean and standard error over
 * its probes.
 *
 * A sigma well below the spacing lets nodes fall between grid points; take at least two spacings.
 */
export function smoothDensity(spectrum: OperatorSpectrum, grid: Grid, sigma: number): SmoothDensity {
  positive(sigma, 'sigma');
  const count = spectrum.probes.length;
  const size = grid.points.length;
  const mean = new Float64Array(size);
  const squares = new Float64Array(count > 1 ? size : 0);
  const one = new Float64Array(size);
  // Welford's recursion: no difference of two large sums.
  spectrum.probes.forEach(({ nodes, weights }, i) => {
    one.fill(0);
    nodes.forEach((node, j) => {
      addGaussian(one, grid, node, weights[j]!, sigma);
    });
    for (let k = 0; k < size; k++) {
      const step = one[k]! - mean[k]!;
      mean[k] = mean[k]! + step / (i + 1);
      if (count > 1) squares[k] = squares[k]! + step * (one[k]! - mean[k]!);
    }
  });
  if (count === 1) return { mean, standardError: null };
  return { mean, standardError: squares.map((sum) => Math.sqrt(sum / (count - 1) / count)) };
}

/** The mean density alone. */
export function meanDensity(spectrum: OperatorSpectrum, grid: Grid, sigma: number): Float64Array {
  positive(sigma, 'sigma');
  const density = new Float64Array(grid.points.length);
  for (const { nodes, weights } of spectrum.probes) {
    nodes.forEach((node, i) => {
      addGaussian(density, grid, node, weights[i]! / spectrum.probes.length, sigma);
    });
  }
  return density;
}

/** Adds mass x the normal density around `center` to `density`, out to 9 sigma. */
export function addGaussian(
  density: Float64Array,
  grid: Grid,
  center: number,
  mass: number,
  sigma: number,
): void {
  if (mass === 0) return;
  const { points } = grid;
  const reach = CUT_OFF_SIGMAS * sigma;
  const start = firstAtLeast(points, center - reach);
  const end = firstAtLeast(points, center + reach);
  const height = mass / (sigma * Math.sqrt(2 * Math.PI));
  if (grid.kind === 'linear' && points.length > 1) {
    addGaussianEvenly(density, points, center, height, sigma, start, end);
    return;
  }
  for (let i = start; i < end; i++) {
    const t = (points[i]! - center) / sigma;
    density[i] = density[i]! + height * Math.exp(-0.5 * t * t);
  }
}

/** Points between two exact exponentials; the error of the recurrence grows with the square of it. */
const ANCHOR_SPACING = 32;

/**
 * On an even grid the next value of a Gaussian is a product: g(t + s) = g(t) r, with r itself shrinking
 * by exp(-s^2) a step. Begun anew every 32 points, that costs a relative error of about 32^2 / 2 eps,
 * 1e-13, and a fraction of the exponentials.
 */
function addGaussianEvenly(
  density: Float64Array,
  points: Float64Array,
  center: number,
  height: number,
  sigma: number,
  start: number,
  end: number,
): void {
  const step = (points[points.length - 1]! - points[0]!) / (points.length - 1) / sigma;
  const shrink = Math.exp(-step * step);
  for (let anchor = start; anchor < end; anchor += ANCHOR_SPACING) {
    const t = (points[anchor]! - center) / sigma;
    let value = height * Math.exp(-0.5 * t * t);
    let ratio = Math.exp(-step * (t + 0.5 * step));
    const stop = Math.min(anchor + ANCHOR_SPACING, end);
    for (let i = anchor; i < stop; i++) {
      density[i] = density[i]! + value;
      value *= ratio;
      ratio *= shrink;
    }
  }
}

/** Index of the first point that is at least `x`, or the number of points. */
function firstAtLeast(points: Float64Array, x: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (points[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
