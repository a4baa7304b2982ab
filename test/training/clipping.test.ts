import { describe, expect, it } from 'vitest';
import { clipByGlobalNorm } from '../../src/training/clipping.ts';
import { isDecayed } from '../../src/training/weight-decay.ts';

describe('clipping by the global norm', () => {
  it('scales all gradients by one factor and returns the norm before', () => {
    const gradients = [Float64Array.of(3), Float64Array.of(0, 4)];
    expect(clipByGlobalNorm(gradients, 1)).toBe(5);
    // PyTorch divides by the norm plus 1e-6.
    expect(gradients[0]![0]).toBeCloseTo(3 / (5 + 1e-6), 14);
    expect(gradients[1]![1]).toBeCloseTo(4 / (5 + 1e-6), 14);
  });

  it('leaves smaller gradients, and all without a bound', () => {
    const gradients = [Float64Array.of(3, 4)];
    expect(clipByGlobalNorm(gradients, 6)).toBe(5);
    expect(clipByGlobalNorm(gradients, null)).toBe(5);
    expect(gradients[0]).toEqual(Float64Array.of(3, 4));
  });

  it('does not hide a gradient that is not finite', () => {
    const gradients = [Float64Array.of(1, Number.POSITIVE_INFINITY)];
    expect(Number.isFinite(clipByGlobalNorm(gradients, 1))).toBe(false);
    expect(gradients[0]![0]).toBe(1);
  });
});

describe('weight decay', () => {
  const parameter = { name: 'p', layer: null, initial: { kind: 'constant' as const, value: 0 } };

  it('covers matrices, not biases and normalisations', () => {
    expect(isDecayed({ ...parameter, shape: [2, 3], kind: 'mlp-fc' })).toBe(true);
    expect(isDecayed({ ...parameter, shape: [3], kind: 'bias' })).toBe(false);
    expect(isDecayed({ ...parameter, shape: [1, 3], kind: 'norm' })).toBe(false);
    expect(isDecayed({ ...parameter, shape: [3], kind: 'state-skip' })).toBe(false);
  });
});
