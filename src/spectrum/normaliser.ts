import type { Precision } from './operator.ts';
import { epsilonOf, roundingThreshold } from './rounding.ts';
import type { OperatorSpectrum, ProbeSpectrum } from './spectrum.ts';
import { largestMagnitude } from './zero.ts';

/** The divisor of a spectrum, always positive, and a phrase that says how it was found. */
export interface Normaliser {
  readonly value: number;
  readonly rule: string;
}

const RANK = 10;

/**
 * How many eps of the largest |node| the copies of one eigenvalue lie apart at most. Copies repeat to
 * the rounding of products, and over m steps the recurrence adds to it; in float32 much more room
 * would merge true neighbours far below the largest eigenvalue, in float64 there is plenty.
 */
export const GHOST_MULTIPLE: Readonly<Record<Precision, number>> = { float32: 64, float64: 4096 };

/**
 * Nodes of less weight are ghosts on their way: a copy that has not arrived at its eigenvalue yet can
 * lie anywhere, with a weight far below 2^-52, while a true eigenvalue has one of about 1 / dim.
 */
export const GHOST_WEIGHT = Number.EPSILON;

/**
 * The divisor by which the paper's Figures 1 and 3 normalise a spectrum: its 10th largest eigenvalue.
 *
 * It is taken from each probe apart, after merging ghosts, and averaged over probes: in the pool of
 * all probes the 10th largest node would be the largest one again. Ghosts are nodes of less weight
 * than `GHOST_WEIGHT` and neighbours closer than `GHOST_MULTIPLE` x eps x the largest |node|. Lanczos
 * hides multiplicities (each eigenvalue counts once); an exact spectrum is not merged and counts them.
 *
 * Fall-backs, since the 10th largest is undefined below ten eigenvalues and need not be positive
 * (beyond rounding): where that is so in any probe, the largest eigenvalue; where that is not positive
 * either, the largest magnitude; 1 for a spectrum that is exactly zero.
 */
export function spectrumNormaliser(spectrum: OperatorSpectrum, precision: Precision): Normaliser {
  const { probes, method } = spectrum;
  const size = largestMagnitude([spectrum]);
  const ghostTolerance = GHOST_MULTIPLE[precision] * epsilonOf(precision) * size;
  const tolerance = roundingThreshold(size, precision);
  const tenth = probes.map((probe) => {
    const nodes = method === 'exact' ? probe.nodes : mergeGhosts(probe, ghostTolerance);
    return nodes.at(-RANK) ?? Number.NEGATIVE_INFINITY;
  });
  if (tenth.every((value) => value > tolerance)) {
    return { value: mean(tenth), rule: `${RANK}th largest eigenvalue` };
  }
  const largest = probes.map(({ nodes }) => nodes.at(-1)!);
  if (largest.every((value) => value > tolerance)) {
    return { value: mean(largest), rule: `largest eigenvalue (the ${RANK}th is missing or not positive)` };
  }
  const magnitude = mean(probes.map(({ nodes }) => Math.max(Math.abs(nodes[0]!), Math.abs(nodes.at(-1)!))));
  if (magnitude > 0) {
    return { value: magnitude, rule: 'largest magnitude (no eigenvalue is positive beyond rounding)' };
  }
  return { value: 1, rule: '1 (the spectrum is zero)' };
}

/** The spectrum with every node divided by `divisor` (positive). */
export function divideSpectrum(spectrum: OperatorSpectrum, divisor: number): OperatorSpectrum {
  const divided = (values: readonly number[]): number[] => values.map((value) => value / divisor);
  return {
    ...spectrum,
    probes: spectrum.probes.map(({ alphas, betas, nodes, weights, residualBounds }) => ({
      alphas: divided(alphas),
      betas: divided(betas),
      nodes: divided(nodes),
      weights,
      residualBounds: divided(residualBounds),
    })),
  };
}

/**
 * The nodes of a probe, ascending, without those of less weight than `GHOST_WEIGHT`, and with each run
 * of neighbours closer than `tolerance` replaced by its mean weighted with the quadrature weights.
 */
export function mergeGhosts(probe: ProbeSpectrum, tolerance: number): number[] {
  const merged: number[] = [];
  let mass = 0;
  let last = Number.NEGATIVE_INFINITY;
  probe.nodes.forEach((node, i) => {
    const weight = probe.weights[i]!;
    if (weight < GHOST_WEIGHT) return;
    if (node - last <= tolerance) {
      mass += weight;
      merged[merged.length - 1]! += (weight / mass) * (node - merged.at(-1)!);
    } else {
      mass = weight;
      merged.push(node);
    }
    last = node;
  });
  return merged;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
