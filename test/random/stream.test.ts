import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { RandomStream } from '../../src/random/stream.ts';

const stream = new RandomStream(7, 'test', 3);

describe('RandomStream', () => {
  it('gives any slice as it stands in the whole', () => {
    const wholes = {
      uniform: stream.uniform(300),
      gaussian: stream.gaussian(300),
      rademacher: stream.rademacher(300),
      integers: stream.integers(10, 300),
    };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 299 }), fc.integer({ min: 0, max: 299 }), (a, b) => {
        const [start, end] = a < b ? [a, b] : [b, a];
        const count = end - start;
        expect(stream.uniform(count, start)).toEqual(wholes.uniform.slice(start, end));
        expect(stream.gaussian(count, start)).toEqual(wholes.gaussian.slice(start, end));
        expect(stream.rademacher(count, start)).toEqual(wholes.rademacher.slice(start, end));
        expect(stream.integers(10, count, start)).toEqual(wholes.integers.slice(start, end));
      }),
    );
  });

  it('repeats itself across block counters beyond 32 bits', () => {
    const far = 2 ** 40;
    expect(stream.uniform(4, far)).toEqual(new RandomStream(7, 'test', 3).uniform(4, far));
    expect(stream.uniform(4, far)).not.toEqual(stream.uniform(4, 0));
  });

  it('keeps names apart that look alike', () => {
    const names: (string | number)[][] = [
      [],
      ['a'],
      ['a', 'b'],
      ['ab'],
      ['a', ''],
      [1],
      ['1'],
      [1, 0],
      [0, 1],
      ['\0a'],
    ];
    const firsts = names.map((path) => new RandomStream(0, ...path).uniform(1)[0]);
    const seeds = [1, -1, 2 ** 32, 2 ** 40].map((seed) => new RandomStream(seed).uniform(1)[0]);
    expect(new Set([...firsts, ...seeds]).size).toBe(names.length + 4);
  });

  it('has the moments of its distributions', () => {
    const n = 200_000;
    // Five standard errors of each mean: the chance of a false alarm is about 1e-6 each, and the seed is fixed.
    const within = 5 / Math.sqrt(n);
    const mean = (values: Float64Array, f: (x: number) => number): number =>
      values.reduce((sum, x) => sum + f(x), 0) / values.length;
    const u = stream.uniform(n);
    expect(Math.abs(mean(u, (x) => x) - 1 / 2)).toBeLessThan(within * Math.sqrt(1 / 12));
    expect(Math.abs(mean(u, (x) => (x - 0.5) ** 2) - 1 / 12)).toBeLessThan(within * Math.sqrt(1 / 180));
    expect(u.every((x) => x >= 0 && x < 1)).toBe(true);
    const g = stream.gaussian(n);
    expect(Math.abs(mean(g, (x) => x))).toBeLessThan(within);
    expect(Math.abs(mean(g, (x) => x * x) - 1)).toBeLessThan(within * Math.sqrt(2));
    expect(Math.abs(mean(g, (x) => x ** 4) - 3)).toBeLessThan(within * Math.sqrt(96));
    // P(|g| < 1) = erf(1 / sqrt 2)
    expect(Math.abs(mean(g, (x) => (Math.abs(x) < 1 ? 1 : 0)) - 0.6826894921370859)).toBeLessThan(within / 2);
    let lagged = 0;
    for (let i = 1; i < n; i++) lagged += (g[i]! * g[i - 1]!) / n;
    expect(Math.abs(lagged)).toBeLessThan(within);
    expect(Math.abs(mean(stream.rademacher(n), (x) => x))).toBeLessThan(within);
  });

  it('draws the integers below a bound evenly', () => {
    const n = 70_000;
    const counts = new Array<number>(7).fill(0);
    for (const i of stream.integers(7, n)) counts[i]!++;
    // Chi-square with 6 degrees of freedom: 30.7 is exceeded with probability 3e-5.
    const chiSquare = counts.reduce((sum, count) => sum + (count - n / 7) ** 2 / (n / 7), 0);
    expect(chiSquare).toBeLessThan(30.7);
  });

  it('permutes', () => {
    expect([...stream.permutation(1000)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 1000 }, (_, i) => i),
    );
    expect([...stream.permutation(0)]).toEqual([]);
    // Each of the 6 orders of 3 has probability 1/6; five standard errors of 6,000 draws.
    const seen = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = new RandomStream(i, 'order').permutation(3).join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    for (const count of seen.values())
      expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt((6000 * 5) / 36));
  });

  it('refuses what names no stream', () => {
    expect(() => new RandomStream(0.5)).toThrow(UserError);
    expect(() => new RandomStream(1, Number.NaN)).toThrow(UserError);
    expect(() => stream.integers(0, 1)).toThrow(UserError);
    expect(() => stream.uniform(-1)).toThrow('non-negative');
  });
});
