import { describe, expect, it } from 'vitest';
import { newBuilder } from '../../src/tensor/ops/index.ts';
import { DropoutMasks } from '../../src/training/dropout.ts';

function masksOf(rate: number | null, ownRate: number) {
  const masks = new DropoutMasks(rate);
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape: [200, 100] });
  const dropped = masks.of(b)(x, ownRate, 'place');
  return { masks, isUntouched: dropped === x };
}

describe('dropout masks', () => {
  it('are zero for the dropped share and make up for it in the rest', () => {
    const { masks } = masksOf(null, 0.25);
    const data = masks.feeds(5, 0)['dropout.place']!.data as Float32Array;
    const kept = data.filter((value) => value !== 0);
    expect(new Set(kept)).toEqual(new Set([Math.fround(4 / 3)]));
    // The standard deviation of the share of 20,000 places is 0.003.
    expect(Math.abs(kept.length / data.length - 0.75)).toBeLessThan(0.0125);
  });

  it('are the same for the same seed and pass, and others for another', () => {
    const { masks } = masksOf(0.5, 0.1);
    expect(masks.feeds(5, 3)).toEqual(masks.feeds(5, 3));
    expect(masks.feeds(5, 3)).not.toEqual(masks.feeds(5, 4));
    expect(masks.feeds(5, 3)).not.toEqual(masks.feeds(6, 3));
  });

  it('are left out where the rate is zero, the model’s own or the one asked for', () => {
    expect(masksOf(null, 0).isUntouched).toBe(true);
    expect(masksOf(0, 0.5).isUntouched).toBe(true);
    expect(masksOf(0.5, 0).isUntouched).toBe(false);
  });
});
