/**
 * The few loops over long vectors that Lanczos and training need, fused so that each vector is read once.
 *
 * Elements may be float32; sums are kept in float64. A long sum is split into pieces of `PIECE` elements with at least
 * two partial sums each, and the sums of the pieces are added with compensation (Neumaier), so the error is at most
 * about PIECE / 2 x 2^-53 of the sum of magnitudes for any length, and typically a few 1e-16.
 */
import { runKernel, type Vector } from './kernels.ts';

/** The inner product of two vectors of one length, each piece in eight partial sums. */
export function dot(a: Vector, b: Vector): number {
  return runKernel('dot', [a, b])[0] as number;
}

/** The Euclidean length of a vector (its squares must not overflow or underflow float64). */
export function norm(a: Vector): number {
  return Math.sqrt(dot(a, a));
}

/** a <- factor a, in place. */
export function scale(a: Vector, factor: number): void {
  runKernel('scale', [a], [factor]);
}

/** y <- y + factor x, in place. */
export function axpy(factor: number, x: Vector, y: Vector): void {
  runKernel('axpy', [y, x], [factor]);
}

/** sum_i factors[i] vectors[i]. */
export function combine(factors: ArrayLike<number>, vectors: readonly Vector[]): Vector {
  const [first] = vectors as [Vector];
  const sum = first instanceof Float32Array ? new Float32Array(first.length) : new Float64Array(first.length);
  for (const [index, vector] of vectors.entries()) axpy(factors[index] as number, vector, sum);
  return sum;
}

/**
 * Line 8 of Algorithm 4 in one pass: w <- w - alpha v - beta previous, in place.
 *
 * @param previous the Lanczos vector before `v`, or null at the first step.
 * @returns the squared Euclidean length of the new w as it is stored.
 */
export function lanczosUpdate(
  w: Vector,
  alpha: number,
  v: Vector,
  beta: number,
  previous: Vector | null,
): number {
  // v takes the place of a vector that there is not, with the factor 0.
  return runKernel('recurrence', [w, v, previous ?? v], [alpha, previous ? beta : 0])[0] as number;
}

/** How many vectors of a basis one loop reads beside `w`. */
const TOGETHER = 4;

/**
 * Classical Gram-Schmidt, once: w <- w - Q (Q^T w), in place. Vectors are taken four at a time, each four against
 * what those before have left, so that `w` is read and written once for four of them.
 */
export function subtractProjections(basis: readonly Vector[], w: Vector): void {
  const inFours = basis.length - (basis.length % TOGETHER);
  for (let first = 0; first < inFours; first += TOGETHER) {
    const all = [w, ...basis.slice(first, first + TOGETHER)];
    runKernel('subtractFour', all, runKernel('fourDots', all));
  }
  for (const vector of basis.slice(inFours)) axpy(-dot(vector, w), vector, w);
}
