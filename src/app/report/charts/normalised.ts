/** Spectra of blocks divided by their 10th largest eigenvalue, on one symmetric-logarithmic axis (the paper's Figure 3). */
import type { SpectrumRecord } from '../../runs/records.ts';
import { type DensityCurve, densityAlong } from '../curves.ts';
import { decadesOf } from './axes.ts';

/** Smoothing in decades of the axis, on which the bulk and far outliers are about 0.5 to 2 apart. */
export const NORMALISED_SIGMA = 0.01;

/** Grid points within one sigma, so that no node falls between them. */
const POINTS_PER_SIGMA = 4;

/** What a log axis of frequencies shows below the peak, at most. */
const MOST_DECADES = 10;

/** The ground of the frequency axis: this part of one eigenvalue of the largest block, spread over a decade of the axis. */
const EIGENVALUE_SHARE = 0.5;

/** The common axes of a set of normalised spectra. */
export interface NormalisedAxes {
  /** Ends of the axis in decades (see `decadesOf`). */
  readonly low: number;
  readonly high: number;
  /** Ends of the frequency axis. */
  readonly floor: number;
  readonly top: number;
}

/** A block's spectrum on those axes; null for a zero block. */
export interface NormalisedSpectrum {
  readonly spectrum: SpectrumRecord;
  readonly curve: DensityCurve | null;
}

function divisor(spectrum: SpectrumRecord): number {
  return spectrum.normaliser.value > 0 ? spectrum.normaliser.value : 1;
}

/** Whether a block has anything to draw: zero blocks are one spike at zero whatever they are divided by. */
function isDrawn(spectrum: SpectrumRecord): boolean {
  return !spectrum.isZero && spectrum.probes.length > 0;
}

/**
 * Densities of normalised spectra, per decade of the axis, and axes that hold them all.
 *
 * @param leastPoints grid points of each curve, at least; more where the smoothing is finer than that.
 * @param sigma smoothing in decades of the axis.
 */
export function normaliseSpectra(
  spectra: readonly SpectrumRecord[],
  leastPoints: number,
  sigma = NORMALISED_SIGMA,
): { readonly curves: readonly NormalisedSpectrum[]; readonly axes: NormalisedAxes } {
  const ends = spectra.filter(isDrawn).flatMap((spectrum) => {
    const nodes = spectrum.probes.flatMap((probe) => probe.nodes);
    return [
      decadesOf(Math.min(...nodes) / divisor(spectrum)),
      decadesOf(Math.max(...nodes) / divisor(spectrum)),
    ];
  });
  const low = Math.min(0, ...ends) - 6 * sigma;
  const high = Math.max(decadesOf(1), ...ends) + 6 * sigma;
  const points = Math.max(leastPoints, Math.ceil((POINTS_PER_SIGMA * (high - low)) / sigma));
  const curves = spectra.map((spectrum) => ({
    spectrum,
    curve: isDrawn(spectrum)
      ? densityAlong(spectrum, { low, high, points }, sigma, (value) => decadesOf(value / divisor(spectrum)))
      : null,
  }));
  const top =
    2 * Math.max(1e-3, ...curves.flatMap(({ curve }) => (curve ? [Math.max(...curve.density)] : [])));
  const largestDim = Math.max(1, ...spectra.filter(isDrawn).map((spectrum) => spectrum.dim));
  const floor = Math.min(top / 100, Math.max(EIGENVALUE_SHARE / largestDim, top / 10 ** MOST_DECADES));
  return { curves, axes: { low, high, floor, top } };
}
