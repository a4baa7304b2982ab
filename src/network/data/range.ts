/** Ranges of micro-batches: parts of a dataset whose share of a mean is summed by itself, perhaps on another machine. */
import { checkIndex, type Dataset } from './dataset.ts';

/** Micro-batches that follow each other. */
export interface MicroBatchRange {
  /** 0-based. */
  readonly first: number;
  readonly count: number;
}

/** Divides micro-batches into ranges as equal as can be, longer ones first; no more ranges than there are micro-batches. */
export function dividedIntoRanges(microBatchCount: number, rangeCount: number): MicroBatchRange[] {
  const ranges = Math.min(rangeCount, microBatchCount);
  const [least, longer] = [Math.floor(microBatchCount / ranges), microBatchCount % ranges];
  return Array.from({ length: ranges }, (_, index) => ({
    first: index * least + Math.min(index, longer),
    count: least + (index < longer ? 1 : 0),
  }));
}

/**
 * The micro-batches of a range as a dataset of their own, counted from 0; nothing is read before it is asked for.
 *
 * @throws RangeError when the range ends behind the dataset.
 */
export function rangeOfDataset(data: Dataset, { first, count }: MicroBatchRange): Dataset {
  if (first < 0 || count < 1 || first + count > data.microBatchCount)
    throw new RangeError(
      `expected a range of the ${data.microBatchCount} micro-batches, found ${count} from ${first} on`,
    );
  return {
    ...data,
    microBatchCount: count,
    microBatch: (index) => {
      checkIndex(index, count);
      return data.microBatch(first + index);
    },
  };
}
