import { describe, expect, it } from 'vitest';
import { extremeEigenpairs, symmetricEigenvalues } from '../../../src/spectrum/index.ts';
import { denseOperator, prescribedMatrix } from '../prescribed.ts';

const DIM = 120;
const OUTLIERS = [50, 30, -20, 10, -12, -7];
const SPECTRUM = Array.from({ length: DIM }, (_, i) => OUTLIERS[i] ?? Math.sin(i) * 0.5);
const operator = denseOperator(prescribedMatrix(SPECTRUM, 7));

describe('extreme eigenpairs', () => {
  const sorted = [...SPECTRUM].sort((a, b) => a - b);

  it('are the largest and the least, with residuals that are within the tolerance', async () => {
    const found = await extremeEigenpairs(operator, { count: 3, steps: 100, tolerance: 1e-10, seed: 5 });
    expect(found.hasConverged).toBe(true);
    expect(found.steps).toBeLessThan(100);
    for (const [index, { value, vector, residual }] of found.largest.entries()) {
      expect(Math.abs(value - sorted.at(-1 - index)!)).toBeLessThan(50e-10);
      expect(residual).toBeLessThan(50 * 2e-10);
      const [product] = await operator.matmat([vector]);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 12);
      expect(Math.hypot(...product!.map((x, i) => x - value * vector[i]!))).toBeCloseTo(residual, 12);
    }
    expect(Math.abs(found.least[0]!.value - sorted[0]!)).toBeLessThan(50e-10);
  });

  it('say so when the steps were too few', async () => {
    const found = await extremeEigenpairs(operator, { count: 2, steps: 6, tolerance: 1e-12, seed: 5 });
    expect(found).toMatchObject({ steps: 6, hasConverged: false });
  });

  it('are all eigenvalues of a matrix whose dimension is reached', async () => {
    const small = prescribedMatrix([4, 1, -2, 7], 9);
    const found = await extremeEigenpairs(denseOperator(small), {
      count: 2,
      steps: 10,
      tolerance: 1e-12,
      seed: 0,
    });
    const values = [...found.least, ...[...found.largest].reverse()].map(({ value }) => value);
    const wanted = symmetricEigenvalues(small, 4);
    for (const [index, value] of values.entries()) expect(value).toBeCloseTo(wanted[index]!, 10);
  });

  it('refuse more pairs than there are', async () => {
    await expect(
      extremeEigenpairs(operator, { count: 61, steps: 200, tolerance: 1e-6, seed: 0 }),
    ).rejects.toThrow('1 to 60 pairs');
    await expect(
      extremeEigenpairs(operator, { count: 3, steps: 5, tolerance: 1e-6, seed: 0 }),
    ).rejects.toThrow('at least 6 Lanczos steps');
  });
});
