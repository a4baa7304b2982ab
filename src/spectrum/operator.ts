/**
 * The seam of the house: everything before a `LinearOperator` knows nothing of spectra,
 * everything after it knows nothing of graphs.
 */
import type { Vector } from '../vector/kernels.ts';

export type { Vector };

/** The floating-point format in which an operator computes its products. */
export type Precision = 'float32' | 'float64';

/** A real symmetric linear map of R^dim, known only through its products. */
export interface LinearOperator {
  /** A name for messages, for example the name of a parameter block. */
  readonly name: string;
  /** The number of rows, equal to the number of columns. */
  readonly dim: number;
  /** The format of the products and of the vectors passed in and out. */
  readonly precision: Precision;
  /**
   * Products with several vectors at once.
   *
   * @param columns vectors of length `dim`; they are read, never changed or kept.
   * @returns one new vector of length `dim` for each column, in the same order.
   */
  matmat(columns: readonly Vector[]): Promise<Vector[]>;
  /**
   * Says where a product that is not finite first went wrong, for people; asked once it has.
   *
   * @param column the vector whose product is not finite.
   */
  whyNotFinite?(column: Vector): Promise<string>;
}
