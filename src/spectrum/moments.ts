import { type Estimate, estimate } from './estimate.ts';
import type { Precision } from './operator.ts';
import { roundingThreshold } from './rounding.ts';
import type { OperatorSpectrum, ProbeSpectrum } from './spectrum.ts';
import { largestMagnitude } from './zero.ts';

/** What a spectrum is summed up by; every entry is a mean over probes with its standard error. */
export interface SpectrumMoments {
  /** Largest node of a probe: at most the largest eigenvalue (exact spectra: equal to it). */
  readonly largest: Estimate;
  readonly least: Estimate;
  /** dim x mean of sum w x, unbiased. */
  readonly trace: Estimate;
  /** sqrt(dim x mean of sum w x^2): the root of an unbiased square; its error is carried through the root. */
  readonly frobenius: Estimate;
  /** Share of the mass on nodes below zero beyond rounding. */
  readonly negativeMass: Estimate;
  /** Share of the mass on nodes that are zero to rounding. */
  readonly zeroMass: Estimate;
}

/** The extreme node over all probes, and a distance within which an eigenvalue lies. */
export interface ExtremeEigenvalue {
  readonly value: number;
  readonly residualBound: number;
}

/**
 * |node| at or below it counts as zero: 64 eps x the largest |node| of the spectrum, with eps of the
 * format of the products. In float32 that is 7.6e-6 of the largest eigenvalue: mass that close to
 * zero has no sign.
 */
export function zeroNodeThreshold(spectrum: OperatorSpectrum, precision: Precision): number {
  return roundingThreshold(largestMagnitude([spectrum]), precision);
}

/**
 * Extreme eigenvalues, trace, Frobenius norm and the shares of mass below and at zero.
 *
 * @param precision the format in which the products were computed.
 */
export function spectrumMoments(spectrum: OperatorSpectrum, precision: Precision): SpectrumMoments {
  const { dim, probes } = spectrum;
  const threshold = zeroNodeThreshold(spectrum, precision);
  return {
    largest: estimate(probes.map(({ nodes }) => nodes.at(-1)!)),
    least: estimate(probes.map(({ nodes }) => nodes[0]!)),
    trace: estimate(probes.map((probe) => dim * integrate(probe, (x) => x))),
    frobenius: rootOf(estimate(probes.map((probe) => dim * integrate(probe, (x) => x * x)))),
    negativeMass: estimate(probes.map((probe) => integrate(probe, (x) => (x < -threshold ? 1 : 0)))),
    zeroMass: estimate(probes.map((probe) => integrate(probe, (x) => (Math.abs(x) <= threshold ? 1 : 0)))),
  };
}

/** The largest node over all probes, which is the best estimate of the largest eigenvalue. */
export function largestEigenvalue(spectrum: OperatorSpectrum): ExtremeEigenvalue {
  return spectrum.probes
    .map(({ nodes, residualBounds }) => ({ value: nodes.at(-1)!, residualBound: residualBounds.at(-1)! }))
    .reduce((best, candidate) => (candidate.value > best.value ? candidate : best));
}

/** The least node over all probes. */
export function leastEigenvalue(spectrum: OperatorSpectrum): ExtremeEigenvalue {
  return spectrum.probes
    .map(({ nodes, residualBounds }) => ({ value: nodes[0]!, residualBound: residualBounds[0]! }))
    .reduce((best, candidate) => (candidate.value < best.value ? candidate : best));
}

/** The integral of f over a probe's measure: the quadrature of v' f(A) v (the paper's equation 9). */
export function integrate(probe: ProbeSpectrum, f: (node: number) => number): number {
  let sum = 0;
  probe.nodes.forEach((node, i) => {
    sum += probe.weights[i]! * f(node);
  });
  return sum;
}

/** The root of an estimate; to first order the error divides by twice the root. */
function rootOf(square: Estimate): Estimate {
  const mean = Math.sqrt(square.mean);
  if (square.standardError === null) return { mean, standardError: null };
  return { mean, standardError: mean > 0 ? square.standardError / (2 * mean) : 0 };
}
