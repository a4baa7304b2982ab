import { expect, test } from 'vitest';
import { binned, eigenvalueHistogramsChart } from '../../../src/app/report/charts/eigenvalue-histograms.ts';
import { FILE_PALETTE } from '../../../src/app/report/theme.ts';
import { PAPER_CASES } from '../../../src/quadratic/cases.ts';

test('every eigenvalue is in one bin, both ends of the range too', () => {
  for (const { spectra } of PAPER_CASES) {
    const all = spectra.flat();
    const [low, high] = [Math.min(...all), Math.max(...all)];
    for (const values of spectra) {
      const bins = binned(values, low, high);
      expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
      expect([bins[0]?.from, bins.at(-1)?.to]).toEqual([low, high]);
    }
  }
  expect(binned([3, 3], 3, 3).map(({ count }) => count)[0]).toBe(2);
});

test('a panel stands for each block of each case, with its name', () => {
  const { body } = eigenvalueHistogramsChart(PAPER_CASES, FILE_PALETTE);
  expect(body).toContain('Case 1: blocks of GPT2');
  expect(body).toContain('transformer.h.2.attn.value.weight');
  expect(body.match(/eigenvalue →/g)?.length).toBe(4 + 4 + 3 + 3);
});
