import { tridiagonalEigen } from './eigen/tridiagonal.ts';
import type { OperatorSpectrum, ProbeSpectrum } from './spectrum.ts';

/** A Gauss rule for the measure of a probe, with bounds of the error of each node. */
export interface GaussRule {
  /** Ascending. */
  readonly nodes: number[];
  /** Not negative; they sum to 1. */
  readonly weights: number[];
  /** For each node a distance within which an eigenvalue of the operator lies (Paige). */
  readonly residualBounds: number[];
}

/**
 * The Gauss quadrature of a Jacobi matrix (the paper's Theorems 2 and 3): nodes are its eigenvalues,
 * weights the squared first components of its unit eigenvectors. The rule is exact for polynomials
 * of degree below 2m.
 *
 * @param alphas the m diagonal entries.
 * @param betas m entries: the m - 1 couplings, and the one that was cut off, which enters the
 *   residual bounds |beta_m| |last component| only.
 * @throws Error when there is no entry or the lengths differ.
 */
export function gaussQuadrature(alphas: readonly number[], betas: readonly number[]): GaussRule {
  if (alphas.length === 0 || betas.length !== alphas.length) {
    throw new Error(
      `expected as many betas as alphas and at least one, found ${betas.length} and ${alphas.length}`,
    );
  }
  const { values, first, last } = tridiagonalEigen(alphas, betas.slice(0, -1));
  const cutOff = Math.abs(betas.at(-1)!);
  return {
    nodes: Array.from(values),
    weights: Array.from(first, (component) => component * component),
    residualBounds: Array.from(last, (component) => cutOff * Math.abs(component)),
  };
}

/** The measure of one probe, from the Lanczos coefficients found so far (a `LanczosState` will do). */
export function probeSpectrum(state: {
  readonly alphas: readonly number[];
  readonly betas: readonly number[];
}): ProbeSpectrum {
  return {
    alphas: [...state.alphas],
    betas: [...state.betas],
    ...gaussQuadrature(state.alphas, state.betas),
  };
}

/** The spectrum of an operator from its probes; whether it is zero is decided later, by `markZeroBlocks`. */
export function lanczosSpectrum(
  name: string,
  dim: number,
  states: readonly { readonly alphas: readonly number[]; readonly betas: readonly number[] }[],
): OperatorSpectrum {
  return { name, dim, method: 'lanczos', isZero: false, probes: states.map(probeSpectrum) };
}

/**
 * The spectrum of an operator all of whose eigenvalues are known, as one probe with equal weights.
 *
 * @param eigenvalues in any order; repeated ones are repeated.
 */
export function exactSpectrum(name: string, eigenvalues: ArrayLike<number>): OperatorSpectrum {
  const dim = eigenvalues.length;
  if (dim === 0) throw new Error(`${name}: expected at least one eigenvalue, found none`);
  const probe: ProbeSpectrum = {
    alphas: [],
    betas: [],
    nodes: Array.from(Float64Array.from(eigenvalues).sort()),
    weights: new Array<number>(dim).fill(1 / dim),
    residualBounds: new Array<number>(dim).fill(0),
  };
  return { name, dim, method: 'exact', isZero: false, probes: [probe] };
}
