/**
 * The few loops over long vectors that Lanczos needs, fused so that each vector is read once.
 *
 * Elements may be float32; sums are kept in float64. A long sum is split into blocks of
 * `BLOCK` elements with four partial sums each, and the block sums are added with compensation
 * (Neumaier), so the error is at most about BLOCK / 4 x 2^-53 of the sum of magnitudes for any
 * length, and typically a few 1e-16.
 */
import type { Vector } from './operator.ts';

const BLOCK = 1024;

/** The inner product of two vectors of one length. */
export function dot(a: Vector, b: Vector): number {
  checkLengths(a, b);
  const total = new CompensatedSum();
  for (let start = 0; start < a.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, a.length);
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let i = start;
    for (; i + 3 < end; i += 4) {
      s0 += a[i]! * b[i]!;
      s1 += a[i + 1]! * b[i + 1]!;
      s2 += a[i + 2]! * b[i + 2]!;
      s3 += a[i + 3]! * b[i + 3]!;
    }
    for (; i < end; i++) s0 += a[i]! * b[i]!;
    total.add(s0 + s1 + (s2 + s3));
  }
  return total.value();
}

/** The Euclidean length of a vector (its squares must not overflow or underflow float64). */
export function norm(a: Vector): number {
  return Math.sqrt(dot(a, a));
}

/** a <- factor a, in place. */
export function scale(a: Vector, factor: number): void {
  for (let i = 0; i < a.length; i++) a[i] = factor * a[i]!;
}

/** y <- y + factor x, in place. */
export function axpy(factor: number, x: Vector, y: Vector): void {
  checkLengths(x, y);
  for (let i = 0; i < y.length; i++) y[i] = y[i]! + factor * x[i]!;
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
  checkLengths(w, v);
  if (previous === null) return subtractOne(w, alpha, v);
  checkLengths(w, previous);
  const total = new CompensatedSum();
  for (let start = 0; start < w.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, w.length);
    let sum = 0;
    for (let i = start; i < end; i++) {
      w[i] = w[i]! - alpha * v[i]! - beta * previous[i]!;
      const stored = w[i]!;
      sum += stored * stored;
    }
    total.add(sum);
  }
  return total.value();
}

function subtractOne(w: Vector, alpha: number, v: Vector): number {
  axpy(-alpha, v, w);
  return dot(w, w);
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
    const [a, b, c, d] = basis.slice(first, first + TOGETHER) as [Vector, Vector, Vector, Vector];
    for (const vector of [a, b, c, d]) checkLengths(vector, w);
    subtractFour(w, fourDots(w, a, b, c, d), a, b, c, d);
  }
  for (const vector of basis.slice(inFours)) axpy(-dot(vector, w), vector, w);
}

type Four = readonly [number, number, number, number];

function fourDots(w: Vector, a: Vector, b: Vector, c: Vector, d: Vector): Four {
  const totals = [new CompensatedSum(), new CompensatedSum(), new CompensatedSum(), new CompensatedSum()];
  for (let start = 0; start < w.length; start += BLOCK / TOGETHER) {
    const end = Math.min(start + BLOCK / TOGETHER, w.length);
    let sumA = 0;
    let sumB = 0;
    let sumC = 0;
    let sumD = 0;
    for (let i = start; i < end; i++) {
      const value = w[i]!;
      sumA += value * a[i]!;
      sumB += value * b[i]!;
      sumC += value * c[i]!;
      sumD += value * d[i]!;
    }
    [sumA, sumB, sumC, sumD].forEach((sum, index) => {
      totals[index]!.add(sum);
    });
  }
  return totals.map((total) => total.value()) as unknown as Four;
}

function subtractFour(w: Vector, [p, q, r, s]: Four, a: Vector, b: Vector, c: Vector, d: Vector): void {
  for (let i = 0; i < w.length; i++) {
    w[i] = w[i]! - (p * a[i]! + q * b[i]! + (r * c[i]! + s * d[i]!));
  }
}

/** Neumaier's compensated sum. */
class CompensatedSum {
  #sum = 0;
  #lost = 0;

  add(term: number): void {
    const sum = this.#sum + term;
    this.#lost += Math.abs(this.#sum) >= Math.abs(term) ? this.#sum - sum + term : term - sum + this.#sum;
    this.#sum = sum;
  }

  value(): number {
    return this.#sum + this.#lost;
  }
}

function checkLengths(a: Vector, b: Vector): void {
  if (a.length !== b.length) {
    throw new Error(`expected two vectors of one length, found lengths ${a.length} and ${b.length}`);
  }
}
