/** Trace and diagonal of an operator from random products. */
import { UserError } from '../errors.ts';
import { RandomStream } from '../random/stream.ts';
import { dot, norm, scale, subtractProjections } from '../vector/vector.ts';
import { type Estimate, estimate } from './estimate.ts';
import type { LinearOperator, Vector } from './operator.ts';

/** Names the random vectors. */
export interface EstimatorOptions {
  /** Products at most. */
  readonly products: number;
  readonly seed: number;
}

/** Least products of Hutch++: one of each of its three kinds, twice for an error. */
const LEAST_PRODUCTS = 6;
/** Of a vector's length, what is left of one that depends on the others to rounding. */
const DEPENDENT = 1e-6;

/**
 * The trace by Hutch++ (Meyer, Musco, Musco and Woodruff, 2021): exact on the range of A S for a random S of a third of the
 * products, Hutchinson's estimator on what is left of it. For matrices with a few large eigenvalues its error falls with 1/m
 * where Hutchinson's falls with 1/sqrt(m).
 *
 * @returns the standard error is that of the random part, over its vectors.
 * @throws UserError for fewer than six products.
 */
export async function hutchPlusPlus(
  operator: LinearOperator,
  { products, seed }: EstimatorOptions,
): Promise<Estimate> {
  if (!Number.isSafeInteger(products) || products < LEAST_PRODUCTS)
    throw new UserError(`expected at least ${LEAST_PRODUCTS} products for a trace, found ${products}`);
  const count = Math.floor(products / 3);
  const sketch = await operator.matmat(signs(operator, count, seed, 'sketch'));
  const basis = orthonormal(sketch);
  const images = basis.length > 0 ? await operator.matmat(basis) : [];
  const known = basis.reduce((sum, q, index) => sum + dot(q, images[index] as Vector), 0);
  const rest = signs(operator, count, seed, 'rest');
  for (const vector of rest) subtractProjections(basis, vector);
  const left = await operator.matmat(rest);
  // The projection once more from the left changes nothing: rest is orthogonal to the basis.
  const { mean, standardError } = estimate(rest.map((g, index) => dot(g, left[index] as Vector)));
  return { mean: known + mean, standardError };
}

/** Signs, so that E[v v^T] = I. */
function signs({ dim, precision }: LinearOperator, count: number, seed: number, name: string): Vector[] {
  return Array.from({ length: count }, (_, index) => {
    const values = new RandomStream(seed, 'trace', name, index).rademacher(dim);
    return precision === 'float32' ? Float32Array.from(values) : values;
  });
}

/** An orthonormal basis of the span; vectors that add nothing to it are left out. */
function orthonormal(vectors: readonly Vector[]): Vector[] {
  const basis: Vector[] = [];
  for (const vector of vectors) {
    const before = norm(vector);
    const q = vector.slice();
    // Twice is enough.
    for (let pass = 0; pass < 2; pass++) subtractProjections(basis, q);
    const length = norm(q);
    if (!(length > DEPENDENT * before)) continue;
    scale(q, 1 / length);
    basis.push(q);
  }
  return basis;
}

/** The diagonal with a standard error for each entry. */
export interface DiagonalEstimate {
  readonly mean: Float64Array;
  readonly standardError: Float64Array;
}

/**
 * The diagonal by Hutchinson's estimator with signs (Bekas, Kokiopoulou and Saad, 2007): the mean of v * (A v), entry by
 * entry. The variance of an entry is the sum of the squares of its row off the diagonal.
 *
 * @throws UserError for fewer than two products, which have no error.
 */
export async function estimateDiagonal(
  operator: LinearOperator,
  { products, seed }: EstimatorOptions,
): Promise<DiagonalEstimate> {
  if (!Number.isSafeInteger(products) || products < 2)
    throw new UserError(`expected at least two products for a diagonal, found ${products}`);
  const { dim } = operator;
  const [mean, squares] = [new Float64Array(dim), new Float64Array(dim)];
  // One after the other, and Welford's update, so that no more than one vector is kept.
  for (let index = 0; index < products; index++) {
    const values = new RandomStream(seed, 'diagonal', index).rademacher(dim);
    const vector = operator.precision === 'float32' ? Float32Array.from(values) : values;
    const [product] = (await operator.matmat([vector])) as [Vector];
    for (let i = 0; i < dim; i++) {
      const sample = (vector[i] as number) * (product[i] as number);
      const change = sample - (mean[i] as number);
      mean[i] = (mean[i] as number) + change / (index + 1);
      squares[i] = (squares[i] as number) + change * (sample - (mean[i] as number));
    }
  }
  const standardError = squares.map((sum) => Math.sqrt(sum / (products - 1) / products));
  return { mean, standardError };
}
