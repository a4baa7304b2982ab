import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/random/stream.ts';
import { symmetricEigenvalues } from '../../../src/spectrum/eigen/dense.ts';
import { prescribedMatrix } from '../prescribed.ts';

describe('symmetricEigenvalues', () => {
  it.each([1, 2, 3, 10, 80])('agrees with ml-matrix at n = %i', (n) => {
    const a = new RandomStream(n).gaussian(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a[j * n + i] = a[i * n + j]!;
    const oracle = new EigenvalueDecomposition(Matrix.from1DArray(n, n, a), { assumeSymmetric: true });
    const expected = oracle.realEigenvalues.sort((x, y) => x - y);
    const found = symmetricEigenvalues(a, n);
    // Backward stable: n eps times the norm, which is at most about 2 sqrt(n) for Gaussian entries.
    const tolerance = 8 * n * Number.EPSILON * 2 * Math.sqrt(n);
    found.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(tolerance);
    });
  });

  it('finds a prescribed spectrum with repeated and zero eigenvalues', () => {
    const eigenvalues = [-3, -3, 0, 0, 0, 1e-6, 2, 2, 2, 100];
    const found = symmetricEigenvalues(prescribedMatrix(eigenvalues, 1), 10);
    // The matrix itself is only known to 16 reflections' rounding of its norm, 100.
    found.forEach((value, i) => {
      expect(Math.abs(value - eigenvalues[i]!)).toBeLessThan(16 * 10 * Number.EPSILON * 100);
    });
  });

  it('reads the lower triangle, and leaves the matrix alone', () => {
    const a = Float64Array.of(1, 99, 2, 1);
    expect(symmetricEigenvalues(a, 2)[0]).toBeCloseTo(-1, 14);
    expect([...a]).toEqual([1, 99, 2, 1]);
    expect([...symmetricEigenvalues(Float32Array.of(5, 0, 0, 4), 2)]).toEqual([4, 5]);
  });

  it('refuses the wrong size and numbers that are not finite', () => {
    expect(() => symmetricEigenvalues([1, 2, 3], 2)).toThrow('2 x 2');
    expect(() => symmetricEigenvalues([1, 0, Number.NaN, 1], 2)).toThrow('finite');
  });
});
