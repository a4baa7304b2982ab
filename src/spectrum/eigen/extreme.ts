/** The largest and the least eigenvalues of an operator with their vectors. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { UserError } from '../../errors.ts';
import { axpy, combine, norm, scale } from '../../vector/vector.ts';
import { advanceLanczos, type LanczosState, startLanczos } from '../lanczos.ts';
import type { LinearOperator, Vector } from '../operator.ts';
import { sampleProbe } from '../probe.ts';

/** An eigenvalue, its vector, and how well they fit. */
export interface Eigenpair {
  readonly value: number;
  /** Of unit length. */
  readonly vector: Vector;
  /** |A x - value x|, by a product of its own: some eigenvalue lies no further from the value. */
  readonly residual: number;
}

export interface ExtremePairs {
  /** The largest first. */
  readonly largest: readonly Eigenpair[];
  /** The least first. */
  readonly least: readonly Eigenpair[];
  /** Lanczos steps taken. */
  readonly steps: number;
  /** Whether all residuals are within the tolerance. */
  readonly hasConverged: boolean;
}

export interface ExtremeOptions {
  /** Pairs at each end. */
  readonly count: number;
  /** Lanczos steps at most; each keeps a vector. */
  readonly steps: number;
  /** Of residuals, as a share of the largest |eigenvalue|. */
  readonly tolerance: number;
  readonly seed: number;
}

/** Steps between two looks at the residuals. */
const LOOK_EVERY = 10;

/**
 * Lanczos with full reorthogonalisation until the pairs have settled. A multiple eigenvalue is found once, unless the
 * iteration breaks down and goes on from a fresh vector.
 *
 * @throws UserError when more pairs are asked for than there are, or too few steps to find them.
 */
export async function extremeEigenpairs(
  operator: LinearOperator,
  { count, steps, tolerance, seed }: ExtremeOptions,
): Promise<ExtremePairs> {
  const { dim, precision, name } = operator;
  if (!Number.isSafeInteger(count) || count < 1 || 2 * count > dim)
    throw new UserError(
      `expected 1 to ${Math.floor(dim / 2)} pairs at each end of ${dim} eigenvalues, found ${count}`,
    );
  if (steps < 2 * count)
    throw new UserError(
      `expected at least ${2 * count} Lanczos steps for ${count} pairs at each end, found ${steps}`,
    );
  const path = ['eigenpairs', name];
  const probe = sampleProbe({ kind: 'gaussian', dim, precision, seed, path });
  const state = startLanczos(probe, { steps, reorthogonalize: true, freshVectors: { seed, path } });
  for (;;) {
    await advanceLanczos(operator, [state]);
    const done = state.alphas.length;
    const isLook = done % LOOK_EVERY === 0 && done >= 2 * count;
    if (state.finished === null && !(isLook && hasSettled(state, count, tolerance))) continue;
    return pairsOf(operator, state, count, tolerance);
  }
}

interface RitzPairs {
  readonly values: readonly number[];
  /** Columns of eigenvectors of T. */
  readonly vectors: Matrix;
  /** Positions by ascending value. */
  readonly order: readonly number[];
}

function ritzPairs({ alphas, betas }: LanczosState): RitzPairs {
  const m = alphas.length;
  const t = Matrix.zeros(m, m);
  for (let i = 0; i < m; i++) {
    t.set(i, i, alphas[i] as number);
    if (i + 1 < m) {
      t.set(i, i + 1, betas[i] as number);
      t.set(i + 1, i, betas[i] as number);
    }
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(t, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, index) => index);
  order.sort((x, y) => (realEigenvalues[x] as number) - (realEigenvalues[y] as number));
  return { values: realEigenvalues, vectors: eigenvectorMatrix, order };
}

/** By Paige's bound, which needs no vectors: |A y - theta y| = beta_m |last entry of the vector of T|. */
function hasSettled(state: LanczosState, count: number, tolerance: number): boolean {
  const { values, vectors, order } = ritzPairs(state);
  const scaleOfAll = Math.max(...values.map(Math.abs));
  const cutOff = state.betas.at(-1) as number;
  const ends = [...order.slice(0, count), ...order.slice(-count)];
  return ends.every(
    (index) => cutOff * Math.abs(vectors.get(values.length - 1, index)) <= tolerance * scaleOfAll,
  );
}

async function pairsOf(
  operator: LinearOperator,
  state: LanczosState,
  count: number,
  tolerance: number,
): Promise<ExtremePairs> {
  const { values, vectors, order } = ritzPairs(state);
  const basis = state.basis as Vector[];
  const pair = async (index: number): Promise<Eigenpair> => {
    const value = values[index] as number;
    const vector = combine(vectors.getColumn(index), basis);
    scale(vector, 1 / norm(vector));
    const [product] = (await operator.matmat([vector])) as [Vector];
    const difference = product.slice();
    axpy(-value, vector, difference);
    return { value, vector, residual: norm(difference) };
  };
  const found = Math.min(count, Math.floor(order.length / 2));
  const [largest, least]: [Eigenpair[], Eigenpair[]] = [[], []];
  for (const index of order.slice(order.length - found).reverse()) largest.push(await pair(index));
  for (const index of order.slice(0, found)) least.push(await pair(index));
  const bound = tolerance * Math.max(...values.map(Math.abs));
  const hasConverged =
    found === count && [...largest, ...least].every(({ residual }) => residual <= 2 * bound);
  return { largest, least, steps: state.alphas.length, hasConverged };
}
