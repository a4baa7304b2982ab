import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  blocksText,
  EXAMPLES,
  eigenvalueAt,
  LARGEST_EIGENVALUE,
  moved,
  parseBlocks,
  shareOf,
} from '../../../web/dashboard/views/quadratic/playground-problem.ts';

test('a problem comes back from its address', () => {
  for (const { blocks } of EXAMPLES) expect(parseBlocks(blocksText(blocks))).toEqual(blocks);
});

test('an address that is no problem is none', () => {
  const tooMany = Array.from({ length: 25 }, () => 1).join(',');
  for (const text of [null, '', ';', 'a,b', '-1,2', '0', '1e9', tooMany])
    expect(parseBlocks(text)).toBeNull();
});

test('giving an eigenvalue to another block keeps all eigenvalues', () => {
  const { blocks, place } = moved([[1, 2], [3]], { block: 0, index: 0 }, 1);
  expect(blocks).toEqual([[2], [3, 1]]);
  expect(place).toEqual({ block: 1, index: 1 });
  expect(moved([[1], [3]], { block: 0, index: 0 }, 2).blocks).toEqual([[1], [3]]);
});

test('a place of the axis is an eigenvalue to three digits, and back', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
      const eigenvalue = eigenvalueAt(share);
      expect(eigenvalue).toBeGreaterThanOrEqual(1);
      expect(eigenvalue).toBeLessThanOrEqual(LARGEST_EIGENVALUE);
      // Half a unit of the third digit, in decades of the axis's four.
      expect(Math.abs(shareOf(eigenvalue) - share)).toBeLessThan(Math.log10(1.005) / 4 + 1e-9);
    }),
  );
});
