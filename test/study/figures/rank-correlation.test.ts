import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankCorrelation } from '../../../src/study/figures/rank-correlation.ts';

const distinct = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 3, maxLength: 20 });

describe('the rank correlation', () => {
  it('is 1 for what rises together, -1 for what falls, whatever the shape', () => {
    const x = [1, 2, 3, 4, 5];
    expect(rankCorrelation(x, [1, 10, 11, 500, 501])).toBeCloseTo(1, 14);
    expect(rankCorrelation(x, [0.9, 0.8, 0.5, 0.2, -7])).toBeCloseTo(-1, 14);
  });

  it("follows Spearman's formula 1 - 6 sum d^2 / (n (n^2 - 1)) where no values are equal", () => {
    fc.assert(
      fc.property(distinct, fc.infiniteStream(fc.double({ noNaN: true })), (x, stream) => {
        const keys = x.map(() => stream.next().value as number);
        fc.pre(new Set(keys).size === x.length);
        const rank = (values: readonly number[], value: number) =>
          values.filter((other) => other < value).length;
        const squares = x.map((value, i) => (rank(x, value) - rank(keys, keys[i]!)) ** 2);
        const n = x.length;
        const expected = 1 - (6 * squares.reduce((sum, d) => sum + d, 0)) / (n * (n * n - 1));
        // Sums of at most 20 products of halves up to 10, exact; one root and one division round.
        expect(rankCorrelation(x, keys)).toBeCloseTo(expected, 12);
      }),
    );
  });

  it('gives equal values the mean of their ranks', () => {
    // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: covariance 4.5, variances 4.5 and 5.
    expect(rankCorrelation([1, 7, 7, 9], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 14);
  });

  it('is none where one side is constant or alone', () => {
    expect(rankCorrelation([1, 2, 3], [4, 4, 4])).toBeNull();
    expect(rankCorrelation([1], [4])).toBeNull();
    expect(rankCorrelation([], [])).toBeNull();
  });
});
