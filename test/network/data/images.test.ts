import { describe, expect, it } from 'vitest';
import type { LabelledImages } from '../../../src/network/data/images.ts';
import { imageDataset } from '../../../src/network/data/images.ts';

/** Seven images of two pixels: image i has the pixels 2 i and 255 - i, and the label i mod 3. */
const IMAGES: LabelledImages = {
  name: 'sample',
  description: 'a sample',
  count: 7,
  featureCount: 2,
  classCount: 3,
  pixels: Uint8Array.from({ length: 14 }, (_, i) => (i % 2 === 0 ? i : 255 - (i - 1) / 2)),
  labels: Uint8Array.from({ length: 7 }, (_, i) => i % 3),
};

describe('an image dataset', () => {
  it('takes the images in their order, in [0, 1] on request', () => {
    const dataset = imageDataset(IMAGES, {
      batchSize: 3,
      microBatches: 2,
      normalise: false,
      precision: 'float64',
    });
    const { tensors, weight } = dataset.microBatch(1);
    expect(weight).toBe(3);
    expect(tensors.images).toEqual({
      dtype: 'float64',
      shape: [3, 2],
      data: Float64Array.of(6 / 255, 252 / 255, 8 / 255, 251 / 255, 10 / 255, 250 / 255),
    });
    expect(tensors.labels).toEqual({ dtype: 'int64', shape: [3], data: BigInt64Array.of(0n, 1n, 2n) });
    expect(dataset).toMatchObject({ kind: 'images', classCount: 3, featureCount: 2, microBatchCount: 2 });
    expect(() => dataset.microBatch(2)).toThrow(RangeError);
  });

  it("standardises by MNIST's mean and deviation unless told otherwise, in float32", () => {
    const { tensors } = imageDataset(IMAGES, { batchSize: 1, microBatches: 1 }).microBatch(0);
    // The extreme values of PyTorch's MNIST example, as its tensors print them: -0.4242 and 2.8215.
    expect(tensors.images!.dtype).toBe('float32');
    expect(Number(tensors.images!.data[0])).toBeCloseTo(-0.4242, 4);
    expect(Number(tensors.images!.data[1])).toBeCloseTo(2.8215, 4);
  });

  it('takes all that there are when all are wanted', () => {
    const all = imageDataset(IMAGES, { batchSize: 2, microBatches: 'all', offset: 1 });
    expect(all.microBatchCount).toBe(3);
    expect(all.microBatch(2).tensors.labels!.data).toEqual(BigInt64Array.of(2n, 0n));
    expect(() => imageDataset(IMAGES, { batchSize: 8, microBatches: 'all' })).toThrow(/found 7/);
  });

  it('begins at the offset and says what is missing', () => {
    const dataset = imageDataset(IMAGES, { batchSize: 2, microBatches: 1, offset: 5 });
    expect(dataset.microBatch(0).tensors.labels!.data).toEqual(BigInt64Array.of(2n, 0n));
    expect(() => imageDataset(IMAGES, { batchSize: 2, microBatches: 4 })).toThrow(
      /expected 8 images .* found 7; ask for at most 3/,
    );
    expect(() => imageDataset(IMAGES, { batchSize: 8, microBatches: 1 })).toThrow(/found 7; take a smaller/);
  });
});
