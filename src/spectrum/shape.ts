/**
 * The shape of a spectrum in a few numbers, for comparing stages of a training (the paper's Figure 1 and section 2.2:
 * dispersion, symmetry around zero, bulk and outliers). All come from nodes and weights; no grid and no smoothing enter.
 */
import { quantile } from './density.ts';
import { type Estimate, estimate } from './estimate.ts';
import { integrate } from './moments.ts';
import { GHOST_MULTIPLE, mergeGhosts, type Normaliser } from './normaliser.ts';
import type { Precision } from './operator.ts';
import { epsilonOf } from './rounding.ts';
import type { OperatorSpectrum, ProbeSpectrum } from './spectrum.ts';
import { largestMagnitude } from './zero.ts';

/**
 * Nodes within this share of the normaliser on either side of zero count as zero. A smaller share would cut through the
 * peak at zero, where few Ritz values stand for most of the mass and their places depend on the number of steps: of a
 * small GPT at initialisation 18 % of the mass lies below -0.01 N by 100 steps and 47 % by 40, but 0.9 % and 1.9 % below
 * -0.1 N, most of which comes from N.
 */
export const ZERO_SHARE = 0.1;

/** The bulk is what is left when this share of the mass is cut off at either end. */
export const BULK_TAIL = 0.005;

/** Outliers lie further from the bulk's nearer end than this multiple of the bulk's width. */
export const OUTLIER_WIDTHS = 1;

/** Means over probes with their standard errors; N is the normaliser, the 10th largest eigenvalue. */
export interface SpectrumShape {
  /** Largest node / N. */
  readonly largestNormalised: Estimate;
  /** Least node / N. */
  readonly leastNormalised: Estimate;
  /** Share of the mass on nodes below -`ZERO_SHARE` N. */
  readonly negativeMass: Estimate;
  /** Share of the mass on nodes above `ZERO_SHARE` N. */
  readonly positiveMass: Estimate;
  /** (p - n) / (p + n) with p and n the positive and the negative mass: -1 to 1, 0 where both are alike or none is. */
  readonly massAsymmetry: Estimate;
  /** The same with the integral of the squared nodes on either side of zero, which is the sides' energy. */
  readonly energyAsymmetry: Estimate;
  /** Distinct nodes more than `OUTLIER_WIDTHS` widths of the bulk away from it. */
  readonly outliers: Estimate;
  /** Width of the bulk / N. */
  readonly dispersion: Estimate;
}

/**
 * Sums up the shape of a spectrum.
 *
 * Outliers are counted after ghosts are merged, as the normaliser does it: Lanczos hides multiplicities, an exact
 * spectrum counts each. Quantiles are those of the quadrature's steps, so they are known to within the weight of a node.
 *
 * @param normaliser as `spectrumNormaliser` finds it.
 * @param precision the format in which the products were computed.
 */
export function spectrumShape(
  spectrum: OperatorSpectrum,
  { value: unit }: Normaliser,
  precision: Precision,
): SpectrumShape {
  const { probes, method } = spectrum;
  const ghostTolerance = GHOST_MULTIPLE[precision] * epsilonOf(precision) * largestMagnitude([spectrum]);
  const over = (of: (probe: ProbeSpectrum) => number) => estimate(probes.map(of));
  const zero = ZERO_SHARE * unit;
  const below = (probe: ProbeSpectrum) => integrate(probe, (node) => (node < -zero ? 1 : 0));
  const above = (probe: ProbeSpectrum) => integrate(probe, (node) => (node > zero ? 1 : 0));
  const energyOn = (side: -1 | 1) => (probe: ProbeSpectrum) =>
    integrate(probe, (node) => Math.max(0, side * node) ** 2);
  return {
    largestNormalised: over(({ nodes }) => nodes.at(-1)! / unit),
    leastNormalised: over(({ nodes }) => nodes[0]! / unit),
    negativeMass: over(below),
    positiveMass: over(above),
    massAsymmetry: over((probe) => asymmetry(above(probe), below(probe))),
    energyAsymmetry: over((probe) => asymmetry(energyOn(1)(probe), energyOn(-1)(probe))),
    outliers: over((probe) => {
      const { low, high } = bulkOf(probe);
      const reach = OUTLIER_WIDTHS * (high - low);
      const distinct = method === 'exact' ? probe.nodes : mergeGhosts(probe, ghostTolerance);
      return distinct.filter((node) => node < low - reach || node > high + reach).length;
    }),
    dispersion: over((probe) => {
      const { low, high } = bulkOf(probe);
      return (high - low) / unit;
    }),
  };
}

/** The ends of what is left of a probe's measure without its tails. */
function bulkOf({ nodes, weights }: ProbeSpectrum): { readonly low: number; readonly high: number } {
  return {
    low: quantile(nodes, weights, BULK_TAIL),
    high: quantile(nodes, weights, 1 - BULK_TAIL),
  };
}

function asymmetry(positive: number, negative: number): number {
  const both = positive + negative;
  return both === 0 ? 0 : (positive - negative) / both;
}
