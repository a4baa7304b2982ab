import { describe, expect, it } from 'vitest';
import { PAPER_CASES } from '../../src/quadratic/cases.ts';
import { onCommonRange, sampleBlock } from '../../src/quadratic/sampled.ts';

describe('eigenvalues that stand for a measured spectrum', () => {
  it('keep both ends and follow the mass between them', () => {
    const probes = [{ nodes: [-1, 0, 5], weights: [0.1, 0.8, 0.1] }];
    // Ten places at 5 %, 15 %, ..., 95 % of the mass: one in the first tenth, eight in the middle, one in the last.
    expect(sampleBlock({ name: 'b', probes }, 12)).toEqual({
      name: 'b',
      eigenvalues: [-1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 5, 5],
    });
  });

  it('take all probes together, whatever their order', () => {
    const probes = [
      { nodes: [4, 2], weights: [0.5, 0.5] },
      { nodes: [1, 3], weights: [0.5, 0.5] },
    ];
    expect(sampleBlock({ name: 'b', probes }, 6).eigenvalues).toEqual([1, 1, 2, 3, 4, 4]);
  });
});

describe('one map for all blocks', () => {
  it('puts the ends of all where they are wanted and keeps ratios of differences', () => {
    const blocks = [
      { name: 'a', eigenvalues: [-2, 0] },
      { name: 'b', eigenvalues: [1, 8] },
    ];
    expect(onCommonRange(blocks, 1, 5000)).toEqual([
      [1, 1 + 2 * 499.9],
      [1 + 3 * 499.9, 5000],
    ]);
  });

  it('has nothing to go by where all are equal', () => {
    expect(() => onCommonRange([{ name: 'a', eigenvalues: [3, 3] }], 1, 5000)).toThrow('found 3 alone');
  });
});

describe('the paper’s cases', () => {
  it('have four blocks of 25 eigenvalues from 1 to 5000 where they are measured, and named blocks', () => {
    for (const { spectra, blockNames } of PAPER_CASES.slice(0, 2)) {
      expect(spectra.map((values) => values.length)).toEqual([25, 25, 25, 25]);
      expect([Math.min(...spectra.flat()), Math.max(...spectra.flat())]).toEqual([1, 5000]);
      expect(new Set(blockNames).size).toBe(4);
    }
  });

  it('3 and 4 have the same whole spectrum', () => {
    const [, , three, four] = PAPER_CASES.map(({ spectra }) => spectra.flat().sort((a, b) => a - b));
    expect(three).toEqual(four);
  });
});
