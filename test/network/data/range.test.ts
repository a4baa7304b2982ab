import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../src/network/data/dataset.ts';
import { dividedIntoRanges, rangeOfDataset } from '../../../src/network/data/range.ts';

describe('micro-batches divided into ranges', () => {
  it.each([
    [5, 2, [3, 2]],
    [7, 3, [3, 2, 2]],
    [6, 3, [2, 2, 2]],
    [1, 1, [1]],
    // No range is empty.
    [2, 5, [1, 1]],
  ])('%i in %i are as equal as can be, longer ones first', (microBatches, count, expected) => {
    const ranges = dividedIntoRanges(microBatches, count);
    expect(ranges.map((range) => range.count)).toEqual(expected);
    const members = ranges.flatMap((range) =>
      Array.from({ length: range.count }, (_, index) => range.first + index),
    );
    expect(members).toEqual(Array.from({ length: microBatches }, (_, index) => index));
  });
});

describe('the dataset of a range', () => {
  const asked: number[] = [];
  const data = {
    name: 'numbers',
    kind: 'arrays',
    description: 'numbers',
    batchSize: 1,
    microBatchCount: 5,
    microBatch: (index: number) => {
      asked.push(index);
      return { tensors: {}, weight: index };
    },
  } satisfies Dataset;

  it('has the micro-batches of the range, and reads no others', () => {
    const range = rangeOfDataset(data, { first: 2, count: 2 });
    expect(range.microBatchCount).toBe(2);
    expect([0, 1].map((index) => range.microBatch(index).weight)).toEqual([2, 3]);
    expect(asked).toEqual([2, 3]);
  });

  it.each([-1, 2, 0.5])('has no micro-batch %d', (index) => {
    const range = rangeOfDataset(data, { first: 2, count: 2 });
    expect(() => range.microBatch(index)).toThrow(`expected a micro-batch from 0 to 1, found ${index}`);
  });

  it('lies inside the dataset', () => {
    expect(() => rangeOfDataset(data, { first: 4, count: 2 })).toThrow(
      'expected a range of the 5 micro-batches, found 2 from 4 on',
    );
  });
});
