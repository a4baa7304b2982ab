import type { Precision } from './operator.ts';

/**
 * How many units of rounding, relative to the norm, separate "small" from "zero to rounding":
 * for the breakdown of Lanczos, for ghosts of one eigenvalue and for spectral mass at zero.
 *
 * A product of a vector with a matrix of norm N carries an error of a few eps x N, and the chains of
 * products behind a Hessian a few times that; 64 leaves room for it and stays far below what one
 * would call an eigenvalue.
 */
export const ROUNDING_MULTIPLE = 64;

/** The spacing of numbers at 1 in a format: 2^-23 or 2^-52. */
export function epsilonOf(precision: Precision): number {
  return precision === 'float32' ? 2 ** -23 : Number.EPSILON;
}

/** Below this, a quantity computed from products of an operator with norm `norm` is zero to rounding. */
export function roundingThreshold(norm: number, precision: Precision): number {
  return ROUNDING_MULTIPLE * epsilonOf(precision) * norm;
}
