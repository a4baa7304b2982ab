/**
 * The Lanczos algorithm (the paper's Algorithm 4), one step at a time, for several probes in lockstep.
 *
 * All that determines the remaining steps is in the state, so a state that was written to disk and
 * read back continues with the same numbers.
 */
import { UserError } from '../errors.ts';
import { RandomStream } from '../random/stream.ts';
import { dot, lanczosUpdate, norm, scale, subtractProjections } from '../vector/vector.ts';
import type { LinearOperator, Vector } from './operator.ts';
import { roundingThreshold } from './rounding.ts';
import { hasSettled } from './settled.ts';

/** Of Gram-Schmidt in a step: "twice is enough", unless nothing but rounding is left. */
const MOST_PASSES = 2;

/** Names the stream from which a fresh vector is drawn when the iteration breaks down. */
export interface StreamName {
  readonly seed: number;
  readonly path: readonly (string | number)[];
}

export interface LanczosOptions {
  /** The number of steps, m in the paper. */
  readonly steps: number;
  /**
   * Full Gram-Schmidt (a second time where needed) against all earlier vectors, which are kept: m vectors of memory in
   * place of three. Without it Ritz values are found more than once (ghosts), which quadrature
   * forgives: a ghost shares the weight of its original.
   */
  readonly reorthogonalize?: boolean;
  /**
   * Ends the iteration early, at a look of `hasSettled`: as soon as the density has settled to this share of the
   * range of its nodes. Left out, all steps are taken.
   */
  readonly tolerance?: number;
  /** Where fresh vectors come from after a breakdown with a kept basis; seed 0 and no path by default. */
  readonly freshVectors?: StreamName;
}

/** One probe's iteration between two steps. Vectors have the length and precision of the operator. */
export interface LanczosState {
  /** The number of steps asked for. */
  steps: number;
  /** Diagonal of T, one entry a step done. */
  alphas: number[];
  /**
   * Off-diagonal of T, as many entries: `betas[j]` is |w_j| (or exactly 0 after a breakdown) and
   * couples steps j and j+1 (0-based). The last entry is the coupling that is cut off.
   */
  betas: number[];
  /** The Lanczos vector of the last step done; null before the first. */
  previous: Vector | null;
  /** The Lanczos vector of the next step, of unit length; after a breakdown that ended the iteration, that of the last step. */
  current: Vector;
  /** The vectors of all steps done when they are kept, else null. */
  basis: Vector[] | null;
  freshVectors: StreamName;
  /** What the density is to settle to; null when all steps are to be taken. */
  tolerance: number | null;
  /**
   * Why no step follows: `steps` done; the `dimension` reached; `breakdown`, an invariant subspace
   * found (the quadrature is then exact); or the density `settled` to the tolerance. Null while there is more to do.
   */
  finished: null | 'steps' | 'dimension' | 'breakdown' | 'settled';
}

/**
 * A state before its first step.
 *
 * @param probe a vector of unit length; it is kept, not copied, and never changed.
 * @throws UserError when the number of steps is not a positive integer, or the tolerance not a positive number.
 */
export function startLanczos(probe: Vector, options: LanczosOptions): LanczosState {
  if (!Number.isSafeInteger(options.steps) || options.steps < 1) {
    throw new UserError(`expected at least one Lanczos step, found ${options.steps}`);
  }
  const tolerance = options.tolerance ?? null;
  if (tolerance !== null && !(tolerance > 0)) {
    throw new UserError(`expected a positive tolerance to which a density is to settle, found ${tolerance}`);
  }
  return {
    steps: options.steps,
    alphas: [],
    betas: [],
    previous: null,
    current: probe,
    basis: options.reorthogonalize === true ? [] : null,
    freshVectors: options.freshVectors ?? { seed: 0, path: [] },
    tolerance,
    finished: null,
  };
}

/**
 * One step of every unfinished state, with one call of the operator. The states may stand at
 * different steps; they are changed in place, and left as they were if the products are not finite.
 *
 * The step is a breakdown when |w| <= 64 eps |T|, with eps of the precision of the products (noise
 * of float32 products never falls below a threshold made for float64) and |T| the largest row sum of
 * T so far; this covers an operator that is zero. The beta kept is then exactly 0. With a kept basis
 * the iteration goes on with a fresh random unit vector orthogonal to it; without one it ends.
 *
 * @returns the number of products, that is, of states advanced; 0 when all have finished.
 * @throws Error when a product is not finite, naming operator, step and what the operator says of it, or when lengths or
 *   precisions of operator, products and states do not fit.
 */
export async function advanceLanczos(
  operator: LinearOperator,
  states: readonly LanczosState[],
): Promise<number> {
  const active = states.filter((state) => state.finished === null);
  if (active.length === 0) return 0;
  const columns = active.map((state) => state.current);
  for (const column of columns) checkVector(operator, column, 'a Lanczos vector');
  const products = await operator.matmat(columns);
  if (products.length !== columns.length) {
    throw new Error(`${operator.name}: expected ${columns.length} products, found ${products.length}`);
  }
  const alphas: number[] = [];
  for (const [i, product] of products.entries()) {
    checkVector(operator, product, 'a product');
    // One entry that is not finite makes the inner product not finite.
    const alpha = dot(product, columns[i]!);
    if (!Number.isFinite(alpha))
      throw notFinite(operator, active[i]!, await operator.whyNotFinite?.(columns[i]!));
    alphas.push(alpha);
  }
  active.forEach((state, i) => {
    finishStep(operator, state, products[i]!, alphas[i]!);
  });
  return active.length;
}

/**
 * Advances all states until they have finished.
 *
 * @returns the number of products computed.
 */
export async function runLanczos(operator: LinearOperator, states: readonly LanczosState[]): Promise<number> {
  let products = 0;
  for (;;) {
    const advanced = await advanceLanczos(operator, states);
    if (advanced === 0) return products;
    products += advanced;
  }
}

/** Lines 7, 8, 4 and 5 of Algorithm 4; `w` is the product, and becomes the next vector in place. */
function finishStep(operator: LinearOperator, state: LanczosState, w: Vector, alpha: number): void {
  const coupling = state.betas.at(-1) ?? 0;
  let squared = lanczosUpdate(w, alpha, state.current, coupling, state.previous);
  if (state.basis !== null) {
    squared = orthogonalize(w, squared, [...state.basis, state.current]);
  }
  if (!Number.isFinite(squared)) throw notFinite(operator, state);
  const size = largestRowSum(state.alphas, state.betas, alpha);
  const length = Math.sqrt(squared);
  const brokeDown = length <= roundingThreshold(size, operator.precision);
  state.alphas.push(alpha);
  state.betas.push(brokeDown ? 0 : length);
  state.basis?.push(state.current);

  const done = state.alphas.length;
  if (done === operator.dim) state.finished = 'dimension';
  else if (brokeDown && state.basis === null) state.finished = 'breakdown';
  else if (done >= state.steps) state.finished = 'steps';
  else if (state.tolerance !== null && hasSettled(state, state.tolerance)) state.finished = 'settled';
  if (brokeDown) {
    if (state.finished !== null || state.basis === null) return;
    drawOrthogonal(w, state.basis, state.freshVectors, done);
  } else {
    scale(w, 1 / length);
  }
  state.previous = state.current;
  state.current = w;
}

/** The largest row sum of |T| with one more diagonal entry: a norm of T, at most about 1.7 times the spectral one. */
function largestRowSum(alphas: readonly number[], betas: readonly number[], alpha: number): number {
  let largest = Math.abs(alpha) + (betas.at(-1) ?? 0);
  for (let j = 0; j < alphas.length; j++) {
    largest = Math.max(largest, Math.abs(alphas[j]!) + betas[j]! + (j > 0 ? betas[j - 1]! : 0));
  }
  return largest;
}

/**
 * Gram-Schmidt, repeated while a pass takes away more than half of the squared length: what a pass leaves of the basis
 * is rounding of what it took away, so after one that took away little, w is orthogonal to rounding (the criterion of
 * Daniel, Gragg, Kaufman and Stewart, 1976). A first pass is mostly enough, since the recurrence has done the work.
 * What is left after the last pass may be rounding itself, which the caller recognises as a breakdown.
 *
 * @param squared the squared length of w.
 * @returns that of the new w.
 */
function orthogonalize(w: Vector, squared: number, basis: readonly Vector[]): number {
  let before = squared;
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    subtractProjections(basis, w);
    const after = dot(w, w);
    if (!(after < before / 2)) return after;
    before = after;
  }
  return before;
}

/** Overwrites `w` with a random unit vector orthogonal to the basis (of fewer vectors than the dimension). */
function drawOrthogonal(w: Vector, basis: readonly Vector[], name: StreamName, step: number): void {
  // Near the full dimension little of a random vector is left; a second draw is then as good as a first.
  for (let attempt = 0; attempt < 100; attempt++) {
    const stream = new RandomStream(name.seed, ...name.path, 'fresh-vector', step, attempt);
    w.set(stream.gaussian(w.length));
    scale(w, 1 / norm(w));
    const left = Math.sqrt(orthogonalize(w, 1, basis));
    // Expected: sqrt((dim - k) / dim), at least 1 / sqrt(dim).
    if (left < 0.01 / Math.sqrt(w.length)) continue;
    scale(w, 1 / left);
    scale(w, 1 / Math.sqrt(orthogonalize(w, 1, basis)));
    return;
  }
  throw new Error(`no vector orthogonal to ${basis.length} others was found in dimension ${w.length}`);
}

function checkVector(operator: LinearOperator, vector: Vector, what: string): void {
  const precision = vector instanceof Float32Array ? 'float32' : 'float64';
  if (vector.length !== operator.dim || precision !== operator.precision) {
    throw new Error(
      `${operator.name}: expected ${what} of ${operator.dim} ${operator.precision} elements, ` +
        `found ${vector.length} of ${precision}`,
    );
  }
}

/** @param cause what the operator says of it. */
function notFinite(operator: LinearOperator, state: LanczosState, cause?: string): Error {
  return new Error(
    `${operator.name}: the product of Lanczos step ${state.alphas.length + 1} is not finite ` +
      `(NaN, infinity or overflow)${cause === undefined ? '' : `, ${cause}`}; ` +
      'check that loss and weights are finite, or use float64',
  );
}
