import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/random/stream.ts';
import { axpy, dot, lanczosUpdate, norm, scale, subtractProjections } from '../../src/vector/vector.ts';

describe('dot', () => {
  it('keeps the error of 10 million terms near rounding', () => {
    // Multiples of 2^-10 up to 1: every product and every partial sum below 2^33 is exact in integers of 2^-20.
    const n = 10_000_000;
    const a = new Float32Array(n);
    for (let i = 0; i < n; i++) a[i] = ((i * 7919) % 1024) / 1024 + 2 ** -20;
    // sum (k/1024 + d)^2 with d = 2^-20, from exact integer sums
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const k = (i * 7919) % 1024;
      sum += k;
      squares += k * k;
    }
    const d = 2 ** -20;
    const exact = squares / 2 ** 20 + (2 * d * sum) / 1024 + n * d * d;
    // Pieces of 4096 terms with eight partial sums: at most 512 + 3 roundings of 2^-53 of the sum (all terms positive).
    expect(Math.abs(dot(a, a) - exact)).toBeLessThan(515 * 2 ** -53 * exact);
  });

  it('handles lengths around a piece and refuses different ones', () => {
    for (const n of [0, 1, 7, 8, 9, 4095, 4096, 4097, 8200]) {
      const ones = new Float64Array(n).fill(1);
      expect(dot(ones, ones)).toBe(n);
    }
    expect(() => dot(new Float64Array(2), new Float64Array(3))).toThrow('lengths 2 and 3');
  });

  it('is not finite as soon as one entry is not', () => {
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      const a = new Float32Array(9000).fill(1);
      a[5500] = bad;
      expect(Number.isFinite(dot(a, new Float32Array(9000)))).toBe(false);
      expect(Number.isFinite(dot(a, new Float32Array(9000).fill(1)))).toBe(false);
    }
  });
});

describe('scale, axpy and norm', () => {
  it('act in place', () => {
    const x = Float64Array.of(3, 4);
    expect(norm(x)).toBe(5);
    scale(x, 2);
    expect([...x]).toEqual([6, 8]);
    const y = Float64Array.of(1, 1);
    axpy(-0.5, x, y);
    expect([...y]).toEqual([-2, -3]);
  });
});

describe('lanczosUpdate', () => {
  it('is the three-term recurrence and the length of what it stores', () => {
    const n = 2500;
    const w = Float32Array.from(new RandomStream(1).gaussian(n));
    const v = Float32Array.from(new RandomStream(2).gaussian(n));
    const u = Float32Array.from(new RandomStream(3).gaussian(n));
    const expected = w.map((x, i) => x - 0.3 * v[i]! - 0.7 * u[i]!);
    const squared = lanczosUpdate(w, 0.3, v, 0.7, u);
    expect(w).toEqual(expected);
    // n additions of positive numbers, each with a relative error of 2^-53.
    const exact = expected.reduce((sum, x) => sum + x * x, 0);
    expect(Math.abs(squared - exact)).toBeLessThan(2 * n * 2 ** -53 * exact);
    const first = Float64Array.of(1, 2);
    expect(lanczosUpdate(first, 1, Float64Array.of(1, 0), 9, null)).toBe(4);
    expect([...first]).toEqual([0, 2]);
  });
});

describe('subtractProjections', () => {
  /** The first vectors of an orthonormal basis of cosines (the discrete cosine transform). */
  const cosines = (count: number, length: number) =>
    Array.from({ length: count }, (_, k) =>
      Float64Array.from(
        { length },
        (_, i) => Math.sqrt((k === 0 ? 1 : 2) / length) * Math.cos((Math.PI * k * (i + 0.5)) / length),
      ),
    );

  it.each([0, 1, 3, 4, 5, 8, 11])(
    'leaves nothing of %i orthonormal vectors, and all of the rest',
    (count) => {
      const length = 1500;
      const all = cosines(count + 1, length);
      const rest = all[count]!;
      const basis = all.slice(0, count);
      const w = Float64Array.from(rest, (value, i) =>
        basis.reduce((sum, q, k) => sum + (k - 2.5) * q[i]!, value),
      );
      subtractProjections(basis, w);
      // Rounding of one pass: a few units of 2^-53 times the components taken away, at most 9 here.
      for (const q of basis) expect(Math.abs(dot(q, w))).toBeLessThan(1e-14);
      expect(Math.max(...w.map((value, i) => Math.abs(value - rest[i]!)))).toBeLessThan(1e-14);
    },
  );

  it('refuses vectors of another length', () => {
    const basis = Array.from({ length: 4 }, () => new Float64Array(3));
    expect(() => subtractProjections(basis, new Float64Array(2))).toThrow('found lengths 2 and 3');
  });
});
