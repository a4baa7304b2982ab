import { describe, expect, it } from 'vitest';
import { exactSpectrum } from '../../src/spectrum/quadrature.ts';
import { isZeroAgainst, largestMagnitude, markZeroBlocks } from '../../src/spectrum/zero.ts';

describe('isZeroAgainst', () => {
  it('takes the noise of cancelled blocks for zero, and true blocks of 1e-8 of the scale not', () => {
    const noise = exactSpectrum('bias', [-3e-13, 5e-13]);
    const small = exactSpectrum('query', [-1e-8, 4e-8]);
    expect(isZeroAgainst(noise, 4, 'float32')).toBe(true);
    expect(isZeroAgainst(small, 4, 'float32')).toBe(false);
    expect(isZeroAgainst(noise, 4, 'float64')).toBe(false);
    expect(isZeroAgainst(exactSpectrum('bias', [1e-17]), 4, 'float64')).toBe(true);
  });

  it('takes zero for zero at any scale', () => {
    expect(isZeroAgainst(exactSpectrum('b', [0, 0]), 0, 'float32')).toBe(true);
  });
});

describe('markZeroBlocks', () => {
  it('judges by the whole Hessian and all blocks together', () => {
    const blocks = [exactSpectrum('a', [1e-12]), exactSpectrum('b', [-2])];
    expect(largestMagnitude(blocks)).toBe(2);
    expect(markZeroBlocks(blocks, null, 'float32').map(({ isZero }) => isZero)).toEqual([true, false]);
    expect(markZeroBlocks([blocks[0]!], null, 'float32')[0]!.isZero).toBe(false);
    expect(markZeroBlocks([blocks[0]!], exactSpectrum('full', [9, 0]), 'float32')[0]!.isZero).toBe(true);
    expect(blocks[0]!.isZero).toBe(false);
  });

  it('believes what is known of a block, whatever rounding left of it', () => {
    const blocks = [exactSpectrum('a', [1e-3]), exactSpectrum('b', [-2])];
    expect(markZeroBlocks(blocks, null, 'float32', new Set(['a'])).map(({ isZero }) => isZero)).toEqual([
      true,
      false,
    ]);
  });
});
