import type { SigmaRule } from '../density.ts';
import type { Precision } from '../operator.ts';
import type { OperatorSpectrum } from '../spectrum.ts';

export type DistanceName = 'jsd' | 'js-distance' | 'paper' | 'jsd-normalised' | 'jsd-log' | 'wasserstein-1';

/** What the definitions leave open. */
export interface DistanceSettings {
  /** The format of the products behind the spectra; decides what is zero to rounding. */
  readonly precision: Precision;
  /** Least number of points of a shared grid; more are taken where sigma is narrow (not by `paper`). */
  readonly gridPoints: number;
  /** Smoothing of `jsd` and `js-distance`. */
  readonly sigma: SigmaRule;
  /** Smoothing of `jsd-normalised`, in units of each spectrum's normaliser. */
  readonly normalisedSigma: number;
  /** Smoothing of `jsd-log`, in decades. */
  readonly logSigmaDecades: number;
}

export const DEFAULT_DISTANCE_SETTINGS: DistanceSettings = {
  precision: 'float32',
  gridPoints: 4096,
  sigma: { rule: 'relative', fraction: 0.01 },
  normalisedSigma: 0.1,
  logSigmaDecades: 0.2,
};

/** Distances between spectra that were prepared together, on one grid and with one smoothing. */
export interface PreparedDistance {
  /** Distance between spectra i and j (0-based, in the order given): symmetric, 0 for i = j, not negative. */
  between(i: number, j: number): number;
  /** The sigma and the grid that were used, as a sentence. */
  readonly setting: string;
}

/** One definition of a distance between spectra. */
export interface DistanceDefinition {
  readonly name: DistanceName;
  /** For a stranger: formula, units, bound, smoothing. */
  readonly description: string;
  /** Does once, for each spectrum, what all pairs share. Expects at least one spectrum. */
  prepare(spectra: readonly OperatorSpectrum[], settings: DistanceSettings): PreparedDistance;
}
