import { describe, expect, it } from 'vitest';
import { dealInTurn, embeddedDigits } from '../../../src/network/data/digits.ts';
import { imageDataset, MNIST_DEVIATION, MNIST_MEAN } from '../../../src/network/data/images.ts';

describe('the embedded digits', () => {
  it('are 10,000 images of 784 pixels whose statistics are those published for MNIST', async () => {
    const digits = await embeddedDigits();
    expect(digits).toMatchObject({ count: 10_000, featureCount: 784, classCount: 10 });
    expect(digits.pixels).toHaveLength(10_000 * 784);
    const whole = imageDataset(digits, { batchSize: 10_000, microBatches: 1, normalise: false }).microBatch(
      0,
    );
    const values = whole.tensors.images!.data as Float32Array;
    let sum = 0;
    let squares = 0;
    let outside = 0;
    for (const value of values) {
      sum += value;
      squares += value * value;
      if (value < 0 || value > 1) outside += 1;
    }
    expect(outside).toBe(0);
    const mean = sum / values.length;
    // The mean and the mean square of single images scatter by about 0.044, so those of 10,000 images by
    // 0.00044, and the deviation by that / (2 * 0.308) = 0.0007; four of each are allowed.
    expect(Math.abs(mean - MNIST_MEAN)).toBeLessThan(0.0018);
    expect(Math.abs(Math.sqrt(squares / values.length - mean * mean) - MNIST_DEVIATION)).toBeLessThan(0.0029);
  });

  it('come with the ten classes in turn until one is used up, and lose none', async () => {
    const { labels } = await embeddedDigits();
    for (let i = 0; i < 8630; i++) if (labels[i] !== i % 10) expect.fail(`label ${labels[i]} at ${i}`);
    const counts = new Array<number>(10).fill(0);
    for (const label of labels) counts[label]! += 1;
    // The package's own lists, counted when this was written.
    expect(counts).toEqual([1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
  });

  it('pass over classes that have run out', () => {
    expect(dealInTurn([2, 0, 3]).map(({ label, index }) => `${label}:${index}`)).toEqual([
      '0:0',
      '2:0',
      '0:1',
      '2:1',
      '2:2',
    ]);
  });
});
