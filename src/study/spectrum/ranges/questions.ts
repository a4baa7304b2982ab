/** Pieces of a measurement whose products are shared by ranges of micro-batches. */
import type { MicroBatchRange } from '../../../network/data/range.ts';

/** A range of micro-batches, as those who compute on it know it. */
export interface UnitRange extends MicroBatchRange {
  /** Of all micro-batches, those of other ranges included. */
  readonly totalWeight: number;
}

/** Columns of one operator in a product over a range of micro-batches. */
export interface ProductPart {
  /** A block's name, or `full`. */
  readonly operator: string;
  readonly dim: number;
  readonly columns: number;
}

/** The length of each vector of a part. */
export function lengthsOf({ dim, columns }: ProductPart): number[] {
  return new Array<number>(columns).fill(dim);
}

/** The names of pieces in which vectors are handed over: they are too large for messages. */
export type HandedOver = readonly string[];

/** What is asked of a range. */
export type RangeUnit =
  /** To hold its residuals and answer what is asked, until nobody asks any more. */
  | { readonly kind: 'serve'; readonly range: MicroBatchRange }
  /** The loss of each micro-batch. */
  | { readonly kind: 'losses' }
  /** The share of the range in products. @param vectors the columns of all parts, one after the other. */
  | { readonly kind: 'product'; readonly parts: readonly ProductPart[]; readonly vectors: HandedOver }
  /** Why the share of a product of one column is not finite. */
  | { readonly kind: 'explain'; readonly part: ProductPart; readonly vectors: HandedOver };

/** What is asked once a range is held. */
export type RangeQuestion = Exclude<RangeUnit, { kind: 'serve' }>;

/** What came of a unit on a range of micro-batches. */
export type RangeOutcome =
  | { readonly kind: 'losses'; readonly losses: readonly number[] }
  /** @param sums over the range, one for each column of each part. */
  | { readonly kind: 'product'; readonly sums: HandedOver }
  /** Null where the share is finite when it is computed again. */
  | { readonly kind: 'explain'; readonly cause: string | null };

/** What is asked of a range, in words. */
export function describeRangeUnit(unit: RangeUnit): string {
  switch (unit.kind) {
    case 'serve':
      return describeRange(unit.range);
    case 'losses':
      return 'losses';
    case 'product':
      return `product with ${unit.parts.map(({ operator }) => operator).join(', ')}`;
    case 'explain':
      return `why a product with ${unit.part.operator} is not finite`;
  }
}

/** `micro-batches 3 to 4`, from 1 on. */
export function describeRange({ first, count }: MicroBatchRange): string {
  return count === 1 ? `micro-batch ${first + 1}` : `micro-batches ${first + 1} to ${first + count}`;
}
