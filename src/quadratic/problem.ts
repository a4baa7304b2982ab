/** Quadratic problems with a block-diagonal Hessian (paper, Section 3): L(w) = w^T H w / 2, with its minimum 0 at 0. */
import { Matrix } from 'ml-matrix';
import { UserError } from '../errors.ts';
import { RandomStream } from '../random/stream.ts';
import { symmetricEigenvalues } from '../spectrum/index.ts';
import { drawRotation, type Rotation } from './rotation.ts';

export interface QuadraticBlock {
  /** Of the block's matrix, ascending. */
  readonly eigenvalues: Float64Array;
  /** H_l = Q_l diag(eigenvalues) Q_l^T, row by row. */
  readonly matrix: Float64Array;
  readonly dim: number;
  /** Where the block's variables begin. */
  readonly start: number;
}

export interface QuadraticProblem {
  readonly blocks: readonly QuadraticBlock[];
  /** Of all blocks together, d. */
  readonly dim: number;
  /** The least eigenvalue of H, mu, and the largest, L. */
  readonly least: number;
  readonly largest: number;
}

/** How the blocks are drawn. */
export interface ProblemOptions {
  readonly seed: number;
  /** `haar` unless given. */
  readonly rotation?: Rotation;
}

/**
 * A problem whose blocks have the eigenvalues that are asked for, each turned by a rotation of its own.
 *
 * @param spectra for each block, the diagonal of Lambda_l.
 * @throws UserError when a block is empty or an eigenvalue is not positive and finite.
 */
export function quadraticProblem(
  spectra: readonly (readonly number[])[],
  { seed, rotation = 'haar' }: ProblemOptions,
): QuadraticProblem {
  if (spectra.length === 0) throw new UserError('expected at least one block of eigenvalues, found none');
  let start = 0;
  const blocks = spectra.map((values, index) => {
    requirePositive(values, index);
    const block = blockOf(values, start, rotation, new RandomStream(seed, 'rotation', index));
    start += values.length;
    return block;
  });
  return {
    blocks,
    dim: start,
    least: Math.min(...blocks.map(({ eigenvalues }) => eigenvalues[0] as number)),
    largest: Math.max(...blocks.map(({ eigenvalues }) => eigenvalues.at(-1) as number)),
  };
}

function requirePositive(values: readonly number[], index: number): void {
  if (values.length === 0)
    throw new UserError(`block ${index + 1}: expected at least one eigenvalue, found none`);
  const wrong = values.find((value) => !(value > 0 && Number.isFinite(value)));
  if (wrong !== undefined)
    throw new UserError(`block ${index + 1}: expected positive eigenvalues, found ${wrong}`);
}

function blockOf(
  values: readonly number[],
  start: number,
  rotation: Rotation,
  stream: RandomStream,
): QuadraticBlock {
  const dim = values.length;
  const q = drawRotation(rotation, dim, stream);
  const h = q.mmul(Matrix.diag([...values])).mmul(q.transpose());
  const matrix = new Float64Array(dim * dim);
  for (let row = 0; row < dim; row++)
    for (let column = 0; column < dim; column++)
      matrix[row * dim + column] = (h.get(row, column) + h.get(column, row)) / 2;
  const eigenvalues =
    rotation === 'haar' ? Float64Array.from(values).sort() : symmetricEigenvalues(matrix, dim);
  return { eigenvalues, matrix, dim, start };
}

/** The gradient H w, into `gradient`. */
export function gradientInto({ blocks }: QuadraticProblem, w: Float64Array, gradient: Float64Array): void {
  for (const { matrix, dim, start } of blocks)
    for (let row = 0; row < dim; row++) {
      let sum = 0;
      for (let column = 0; column < dim; column++)
        sum += (matrix[row * dim + column] as number) * (w[start + column] as number);
      gradient[start + row] = sum;
    }
}

/** The loss w^T H w / 2, from the gradient there. */
export function lossFrom(w: Float64Array, gradient: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < w.length; i++) sum += (w[i] as number) * (gradient[i] as number);
  return sum / 2;
}

/** A start of independent standard normal coordinates (Assumption 1 and Section 3.1). */
export function gaussianStart({ dim }: QuadraticProblem, seed: number, trial: number): Float64Array {
  return new RandomStream(seed, 'start', trial).gaussian(dim);
}
