import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/random/stream.ts';
import { tridiagonalEigen, tridiagonalEigenvalues } from '../../../src/spectrum/eigen/tridiagonal.ts';

/** Both solvers are backward stable: a few eps times the norm, with room for a factor of n. */
function tolerance(n: number, size: number): number {
  return 8 * n * Number.EPSILON * size;
}

describe('tridiagonalEigen', () => {
  it('finds the spectrum and the end components of the second difference matrix', () => {
    const n = 50;
    const { values, first, last } = tridiagonalEigen(new Array(n).fill(2), new Array(n - 1).fill(-1));
    for (let k = 1; k <= n; k++) {
      // Eigenvalues 2 - 2 cos(k pi / (n+1)), components sqrt(2 / (n+1)) sin(j k pi / (n+1)).
      const angle = (k * Math.PI) / (n + 1);
      const end = Math.sqrt(2 / (n + 1)) * Math.sin(angle);
      expect(Math.abs(values[k - 1]! - (2 - 2 * Math.cos(angle)))).toBeLessThan(tolerance(n, 4));
      // An eigenvector moves by the error divided by the gap, at least about 3 (pi / (n+1))^2 = 0.011.
      expect(Math.abs(Math.abs(first[k - 1]!) - end)).toBeLessThan(tolerance(n, 4) / 0.011);
      expect(Math.abs(Math.abs(last[k - 1]!) - end)).toBeLessThan(tolerance(n, 4) / 0.011);
    }
  });

  it('settles where entries span fifty decades, as those of a matrix of low rank do', () => {
    const n = 640;
    const kept = 260;
    const graded = (stream: RandomStream, count: number) =>
      Array.from(stream.gaussian(count), (value, i) => value * 10 ** (-50 * (1 - i / (n - 1))));
    for (let seed = 0; seed < 6; seed++) {
      const d = graded(new RandomStream(seed, 'diagonal'), n);
      const e = graded(new RandomStream(seed, 'couplings'), n - 1);
      const values = tridiagonalEigenvalues(d, e);
      // What stands before the last rows is below 1e-19, and moves no eigenvalue by more (Weyl).
      const last = tridiagonalEigenvalues(d.slice(-kept), e.slice(1 - kept));
      const wanted = Float64Array.from([...last, ...new Array<number>(n - kept).fill(0)]).sort();
      const size = Math.max(...d.map(Math.abs), ...e.map(Math.abs));
      for (const [i, value] of values.entries())
        expect(Math.abs(value - wanted[i]!)).toBeLessThan(tolerance(n, size));
    }
  });

  it('agrees with ml-matrix on a random matrix', () => {
    const n = 40;
    const d = new RandomStream(1).gaussian(n);
    const e = new RandomStream(2).gaussian(n - 1);
    const dense = Matrix.zeros(n, n);
    for (let i = 0; i < n; i++) {
      dense.set(i, i, d[i]!);
      if (i < n - 1) {
        dense.set(i, i + 1, e[i]!);
        dense.set(i + 1, i, e[i]!);
      }
    }
    const oracle = new EigenvalueDecomposition(dense, { assumeSymmetric: true });
    const order = oracle.realEigenvalues.map((_, i) => i);
    order.sort((i, j) => oracle.realEigenvalues[i]! - oracle.realEigenvalues[j]!);
    const { values, first, last } = tridiagonalEigen(d, e);
    order.forEach((column, k) => {
      expect(Math.abs(values[k]! - oracle.realEigenvalues[column]!)).toBeLessThan(tolerance(n, 5));
      // The least gap of this matrix is above 0.01.
      expect(Math.abs(first[k]! ** 2 - oracle.eigenvectorMatrix.get(0, column) ** 2)).toBeLessThan(1e-11);
      expect(Math.abs(last[k]! ** 2 - oracle.eigenvectorMatrix.get(n - 1, column) ** 2)).toBeLessThan(1e-11);
    });
    expect(tridiagonalEigenvalues(d, e)).toEqual(values);
  });

  it('keeps uncoupled parts apart', () => {
    const { values, first, last } = tridiagonalEigen([3, 1, 2], [0, 0]);
    expect([...values]).toEqual([1, 2, 3]);
    expect([...first]).toEqual([0, 0, 1]);
    expect([...last]).toEqual([0, 1, 0]);
  });

  it('handles zero, one entry, tiny, huge and zero-diagonal matrices', () => {
    expect([...tridiagonalEigen([0, 0], [0]).values]).toEqual([0, 0]);
    expect([...tridiagonalEigen([7], []).first]).toEqual([1]);
    for (const size of [1e-300, 1e300]) {
      const { values } = tridiagonalEigen([0, 0], [size]);
      expect(values[0]! / size).toBeCloseTo(-1, 14);
      expect(values[1]! / size).toBeCloseTo(1, 14);
    }
    const graded = Float64Array.from({ length: 30 }, (_, i) => 10 ** -i);
    expect(tridiagonalEigenvalues(graded, graded.subarray(1)).at(-1)).toBeGreaterThan(1);
  });

  it('refuses lengths that do not fit and numbers that are not finite', () => {
    expect(() => tridiagonalEigen([1, 2], [1, 2])).toThrow('off-diagonal');
    expect(() => tridiagonalEigen([1, Number.NaN], [1])).toThrow('finite');
    expect(() => tridiagonalEigen([1, 1], [Infinity])).toThrow('finite');
  });
});
