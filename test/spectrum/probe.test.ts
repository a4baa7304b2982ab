import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { RandomStream } from '../../src/random/stream.ts';
import { sampleProbe } from '../../src/spectrum/probe.ts';
import { norm } from '../../src/vector/vector.ts';

const path = ['probe', 'wte', 0];

describe('sampleProbe', () => {
  it.each(['float32', 'float64'] as const)('has unit length in %s', (precision) => {
    for (const kind of ['gaussian', 'rademacher'] as const) {
      const probe = sampleProbe({ kind, dim: 100_001, precision, seed: 1, path });
      // Two inner products of 259 roundings at most (see vector.ts), halved by the root, and the rounding of entries.
      const tolerance = 259 * 2 ** -53 + (precision === 'float32' ? 2 : 0) * 2 ** -24;
      expect(Math.abs(norm(probe) - 1)).toBeLessThan(tolerance);
    }
  });

  it('is the stream of its name, whatever was drawn before', () => {
    const request = { kind: 'gaussian', dim: 70_000, precision: 'float64', seed: 5, path } as const;
    const probe = sampleProbe(request);
    sampleProbe({ ...request, path: ['another'] });
    expect(sampleProbe(request)).toEqual(probe);
    const drawn = new RandomStream(5, ...path).gaussian(70_000);
    expect(probe[69_999]! / probe[0]!).toBeCloseTo(drawn[69_999]! / drawn[0]!, 12);
    expect(sampleProbe({ ...request, seed: 6 })).not.toEqual(probe);
  });

  it('gives signs of one magnitude as Rademacher probe', () => {
    const probe = sampleProbe({ kind: 'rademacher', dim: 64, precision: 'float64', seed: 1, path });
    expect([...new Set(probe.map(Math.abs))]).toEqual([1 / 8]);
    expect(new Set(probe).size).toBe(2);
  });

  it('refuses an empty vector', () => {
    expect(() => sampleProbe({ kind: 'gaussian', dim: 0, precision: 'float64', seed: 1, path })).toThrow(
      UserError,
    );
  });
});
