import { describe, expect, it } from 'vitest';
import { addSums, RangeSums } from '../../src/curvature/range-sums.ts';

/** float32 numbers whose sum depends on the order: the small ones are lost one by one beside the large one. */
const TERMS = [1, 2 ** -24, 2 ** -24, 2 ** -24];

/** Adds terms one after the other, as products of micro-batches are added. */
function sumsOf(starts: readonly number[], terms: readonly number[]): RangeSums {
  const sums = new RangeSums(new Set(starts));
  for (const [index, term] of terms.entries()) {
    const ofRange = sums.ofRange(index);
    const sum = ofRange[0] ?? new Float32Array(1);
    sum[0] = Math.fround((sum[0] as number) + term);
    ofRange[0] = sum;
  }
  return sums;
}

describe('sums over ranges', () => {
  it('add what ranges sum by themselves', () => {
    expect(sumsOf([0], TERMS).take()).toEqual([Float32Array.of(1)]);
    expect(sumsOf([0, 1], TERMS).take()).toEqual([Float32Array.of(Math.fround(1 + 3 * 2 ** -24))]);
  });

  it('have the bits of ranges that were summed elsewhere, added in their order', () => {
    const elsewhere = [TERMS.slice(0, 1), TERMS.slice(1, 3), TERMS.slice(3)].map((terms) =>
      sumsOf([0], terms).take(),
    );
    const [first, ...others] = elsewhere as [Float32Array[], ...Float32Array[][]];
    let total = first as ReturnType<RangeSums['take']>;
    for (const sums of others) total = addSums(total, sums);
    expect(sumsOf([0, 1, 3], TERMS).take()).toEqual(total);
  });

  it('are none where nothing was added', () => {
    expect(new RangeSums(new Set([0])).take()).toEqual([]);
  });
});
