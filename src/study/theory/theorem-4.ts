/** Theorem 4: Lanczos returns the Jacobi matrix of the polynomials that are orthogonal for the measure of its start. */
import { judgeClaim } from '../claims.ts';
import type { TheoryCheck } from './check.ts';
import { type KnownMeasure, lanczosOf } from './known-measure.ts';

const DIM = 100;
const STEPS = 8;

/** A measure whose orthogonal polynomials are known in closed form. */
interface ClassicalMeasure extends KnownMeasure {
  readonly name: string;
  /** Of the recursion p_(k+1) = (x - alpha_(k+1)) p_k - beta_k p_(k-1); k from 0 and from 1 on. */
  alpha(k: number): number;
  beta(k: number): number;
}

/** Equal masses at 0, 1, ..., d - 1: the discrete Chebyshev, or Gram, polynomials. */
const GRAM: ClassicalMeasure = {
  name: 'equal masses (Gram)',
  eigenvalues: Array.from({ length: DIM }, (_, i) => i),
  masses: Array.from({ length: DIM }, () => 1 / DIM),
  alpha: () => (DIM - 1) / 2,
  beta: (k) => (k * k * (DIM * DIM - k * k)) / (4 * (4 * k * k - 1)),
};

/** Binomial masses of d - 1 fair trials at 0, 1, ..., d - 1: the Krawtchouk polynomials. */
const KRAWTCHOUK: ClassicalMeasure = {
  name: 'binomial masses (Krawtchouk)',
  eigenvalues: GRAM.eigenvalues,
  masses: binomialMasses(DIM - 1),
  alpha: () => (DIM - 1) / 2,
  beta: (k) => (k * (DIM - k)) / 4,
};

function binomialMasses(trials: number): number[] {
  // By logarithms: the masses at the ends are below 1e-29.
  const logs = [0];
  for (let k = 1; k <= trials; k++) logs.push((logs[k - 1] as number) + Math.log((trials - k + 1) / k));
  return logs.map((log) => Math.exp(log - trials * Math.LN2));
}

/**
 * Rounding of a coefficient, as a share of the largest eigenvalue: a product with the matrix has sums of d terms, each
 * step adds one, and before a Ritz value has converged what was added grows no faster than the steps.
 */
const ROUNDING = DIM * STEPS * STEPS * Number.EPSILON;

export const THEOREM_4: TheoryCheck = {
  name: 'theorem-4',
  title: 'Theorem 4: Lanczos finds the Jacobi matrix',
  remark:
    'Two measures whose polynomials are known in closed form, as full matrices in random axes. The off-diagonal entries of Lanczos are the square roots of the recursion’s beta; the paper names both beta.',
  async run(_size, seed) {
    const rows = await Promise.all(
      [GRAM, KRAWTCHOUK].map(async (measure) => {
        const { alphas, betas } = await lanczosOf(measure, STEPS, seed);
        const largest = DIM - 1;
        const differences = alphas.flatMap((alpha, k) => [
          Math.abs(alpha - measure.alpha(k)) / largest,
          Math.abs((betas[k] as number) - Math.sqrt(measure.beta(k + 1))) / largest,
        ]);
        return { measure: measure.name, worst: Math.max(...differences) };
      }),
    );
    return {
      numbers: { dim: DIM, steps: STEPS, rounding: ROUNDING, rows },
      claims: [
        judgeClaim(
          {
            id: 'theorem-4',
            text: 'm steps of Lanczos return the Jacobi matrix of the orthogonal polynomials of the measure (Theorem 4).',
            threshold: `${STEPS} steps on ${DIM} x ${DIM} matrices differ from the closed forms by no more than d m^2 eps = ${ROUNDING.toExponential(1)} of the largest eigenvalue`,
          },
          rows.map(({ measure, worst }) => `${measure}: ${worst.toExponential(1)}`).join('; '),
          rows.every(({ worst }) => worst <= ROUNDING),
          rows.some(({ worst }) => worst <= ROUNDING),
        ),
      ],
    };
  },
};
