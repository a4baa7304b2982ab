/** What Lanczos or a dense eigenproblem leaves of one probe: a discrete measure. */
export interface ProbeSpectrum {
  /** Diagonal of the Jacobi matrix, one entry a step; empty for an exact spectrum. */
  readonly alphas: readonly number[];
  /** Off-diagonal: `betas[j]` couples steps j and j+1 (0-based); the last entry is the coupling that was cut off. */
  readonly betas: readonly number[];
  /** Ritz values in ascending order (eigenvalues for an exact spectrum). */
  readonly nodes: readonly number[];
  /** Weights of the nodes; they sum to 1. */
  readonly weights: readonly number[];
  /** |A y - theta y| of each node, the bound of its distance to an eigenvalue (Paige); zeros when exact. */
  readonly residualBounds: readonly number[];
}

/** How far a density has settled: what is left of its errors, in Wasserstein-1 over the range of the nodes. */
export interface Convergence {
  /** Asked for: probes whose density had settled to it took no more steps. */
  readonly tolerance: number;
  /** Lanczos steps that each probe took. */
  readonly steps: readonly number[];
  /** Error for want of steps; null when a probe took a single step. */
  readonly stepError: number | null;
  /** Error for want of probes; null with one probe. */
  readonly probeError: number | null;
}

/** The spectrum of one operator (a parameter block, or the whole Hessian) over its probes. */
export interface OperatorSpectrum {
  readonly name: string;
  readonly dim: number;
  /** `exact`: all eigenvalues of the dense matrix, as one probe with equal weights. */
  readonly method: 'lanczos' | 'exact';
  /** True when the operator is zero to rounding against the scale of the whole Hessian. */
  readonly isZero: boolean;
  readonly probes: readonly ProbeSpectrum[];
  /** Of a Lanczos spectrum that was asked to settle to a tolerance. */
  readonly convergence?: Convergence;
}
