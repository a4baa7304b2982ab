import type { Precision, Vector } from '../../../spectrum/index.ts';
import type { HandedOver } from './questions.ts';

/** Hands vectors over between processes that may be on different machines. */
export interface VectorExchange {
  /** @returns the names by which others take them. */
  give(vectors: readonly Vector[]): Promise<HandedOver>;
  /**
   * @param lengths of the vectors, in the order in which they were given.
   * @throws Error when a piece is not there, or is not what was given.
   */
  take(names: HandedOver, precision: Precision, lengths: readonly number[]): Promise<Vector[]>;
  /** Gives up what nobody will take any more. */
  drop(names: HandedOver): Promise<void>;
}
