import { describe, expect, it } from 'vitest';
import { estimateDiagonal, hutchPlusPlus, type LinearOperator } from '../../src/spectrum/index.ts';
import { denseOperator, prescribedMatrix } from './prescribed.ts';

const DIM = 120;
const OUTLIERS = [50, 30, -20, 10, -12, -7];
const SPECTRUM = Array.from({ length: DIM }, (_, i) => OUTLIERS[i] ?? Math.sin(i) * 0.5);
const TRACE = SPECTRUM.reduce((sum, x) => sum + x, 0);
const entries = prescribedMatrix(SPECTRUM, 7);
const operator = denseOperator(entries);

describe('the trace by Hutch++', () => {
  it('is that of the matrix within its error, and far better than signs alone', async () => {
    const { mean, standardError } = await hutchPlusPlus(operator, { products: 60, seed: 1 });
    expect(Math.abs(mean - TRACE)).toBeLessThan(4 * standardError!);
    // Signs alone have the variance 2 (|A|_F^2 - sum of squares of the diagonal).
    const offDiagonal = entries.reduce((sum, x, k) => sum + (Math.floor(k / DIM) === k % DIM ? 0 : x * x), 0);
    const plain = Math.sqrt((2 * offDiagonal) / 60);
    expect(standardError!).toBeLessThan(plain / 5);
  });

  it('is exact where the sketch spans everything', async () => {
    const small = denseOperator(prescribedMatrix([3, -1, 2, 5], 2));
    const { mean } = await hutchPlusPlus(small, { products: 30, seed: 0 });
    expect(mean).toBeCloseTo(9, 10);
  });

  it('is that of a matrix of zeros', async () => {
    const zero = {
      ...operator,
      matmat: async (columns: readonly unknown[]) => columns.map(() => new Float64Array(DIM)),
    };
    expect(await hutchPlusPlus(zero, { products: 6, seed: 0 })).toEqual({ mean: 0, standardError: 0 });
  });

  it('needs six products', async () => {
    await expect(hutchPlusPlus(operator, { products: 5, seed: 0 })).rejects.toThrow('at least 6 products');
  });
});

describe('the diagonal', () => {
  it('is that of the matrix within its errors, which are right', async () => {
    const { mean, standardError } = await estimateDiagonal(operator, { products: 50, seed: 3 });
    const deviations = Array.from(mean, (x, i) => (x - entries[i * DIM + i]!) / standardError[i]!);
    expect(Math.max(...deviations.map(Math.abs))).toBeLessThan(5);
    // A mean of 120 squares of nearly normal numbers (49 degrees of freedom): 1.04, to 0.13.
    const meanSquare = deviations.reduce((sum, x) => sum + x * x, 0) / DIM;
    expect(Math.abs(meanSquare - 1.04)).toBeLessThan(0.5);
  });

  it('is exact for a diagonal matrix', async () => {
    const diagonal = {
      ...operator,
      matmat: async (columns: readonly ArrayLike<number>[]) =>
        columns.map((c) => Float64Array.from(c, (x, i) => x * i)),
    };
    const { mean, standardError } = await estimateDiagonal(diagonal as LinearOperator, {
      products: 2,
      seed: 0,
    });
    expect([...mean]).toEqual(Array.from({ length: DIM }, (_, i) => i));
    expect(Math.max(...standardError)).toBe(0);
  });
});
