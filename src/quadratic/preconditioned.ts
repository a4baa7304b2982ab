/** What Adam's scales, fixed by the first gradient, make of a quadratic problem (Section 3.2). */
import { symmetricEigenvalues } from '../spectrum/index.ts';
import { gradientInto, type QuadraticBlock, type QuadraticProblem } from './problem.ts';

/** Of one block, with the gradient at the start. */
export interface BlockScales {
  /** C_l1 and C_l2 of (6): the least and the largest |gradient| of the block over its largest eigenvalue. */
  readonly least: number;
  readonly largest: number;
  /** kappa_l of H_l. */
  readonly conditionNumber: number;
  /** kappa of D^-1 H_l, the eigenvalues of which are those of D^-1/2 H_l D^-1/2. */
  readonly preconditioned: number;
}

/** The scales of all blocks from one start. */
export function blockScales(problem: QuadraticProblem, start: Float64Array): BlockScales[] {
  const gradient = new Float64Array(problem.dim);
  gradientInto(problem, start, gradient);
  return problem.blocks.map((block) => {
    const sizes = gradient.subarray(block.start, block.start + block.dim).map(Math.abs);
    const top = block.eigenvalues.at(-1) as number;
    return {
      least: Math.min(...sizes) / top,
      largest: Math.max(...sizes) / top,
      conditionNumber: top / (block.eigenvalues[0] as number),
      preconditioned: preconditionedCondition(block, sizes),
    };
  });
}

function preconditionedCondition({ matrix, dim }: QuadraticBlock, sizes: Float64Array): number {
  const eigenvalues = preconditionedEigenvalues(matrix, dim, sizes);
  return (eigenvalues.at(-1) as number) / (eigenvalues[0] as number);
}

/**
 * Eigenvalues of D^-1 H, which are those of D^-1/2 H D^-1/2, ascending.
 *
 * @param matrix H [dim, dim], symmetric, row by row.
 * @param sizes the diagonal of D, positive.
 */
export function preconditionedEigenvalues(
  matrix: Float64Array,
  dim: number,
  sizes: ArrayLike<number>,
): Float64Array {
  const scaled = matrix.map((entry, index) => {
    const [row, column] = [Math.floor(index / dim), index % dim];
    return entry / Math.sqrt((sizes[row] as number) * (sizes[column] as number));
  });
  return symmetricEigenvalues(scaled, dim);
}

/** r of (6): how unequal the scales of all blocks are. */
export function scaleSpread(scales: readonly BlockScales[]): number {
  const largest = Math.max(...scales.map(({ largest }) => largest));
  const least = Math.min(...scales.map(({ least }) => least));
  return (largest / least) ** 2;
}
