import type { Vector } from '../spectrum/operator.ts';
import { axpy } from '../vector/vector.ts';

/**
 * Sums over micro-batches in a fixed order: each range of micro-batches is summed by itself, and the sums of ranges are
 * added in their order. So a sum has the same bits whether one process makes it or each range is summed elsewhere.
 */
export class RangeSums {
  private readonly starts: ReadonlySet<number>;
  private total: Vector[] | null = null;
  private current: Vector[] = [];

  /** @param starts the first micro-batch of each range. */
  constructor(starts: ReadonlySet<number>) {
    this.starts = starts;
  }

  /** The sums of the range under way, one for each column, empty at its start; to be changed in place. */
  ofRange(index: number): Vector[] {
    if (this.starts.has(index) && this.current.length > 0) this.closeRange();
    return this.current;
  }

  /** The sums of all micro-batches so far. They are no longer this object's: nothing is to be added afterwards. */
  take(): Vector[] {
    this.closeRange();
    return this.total ?? [];
  }

  private closeRange(): void {
    this.total = this.total ? addSums(this.total, this.current) : this.current;
    this.current = [];
  }
}

/** Adds the sums of a range to those before it, in place. */
export function addSums(total: Vector[], ofRange: readonly Vector[]): Vector[] {
  for (const [column, sum] of ofRange.entries()) axpy(1, sum, total[column] as Vector);
  return total;
}
