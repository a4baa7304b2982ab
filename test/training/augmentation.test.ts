import { describe, expect, it } from 'vitest';
import type { MicroBatch } from '../../src/network/data/dataset.ts';
import { Augmentation, type AugmentationOptions } from '../../src/training/augmentation.ts';

const SIDE = 8;
const SHAPE = { channels: 2, height: SIDE, width: SIDE };
const SIZE = SHAPE.channels * SIDE * SIDE;
const BLACK = [-1, -2];

/** Pictures whose values are all different. */
function pictures(count: number): MicroBatch {
  const data = Float32Array.from({ length: count * SIZE }, (_, index) => index);
  return { tensors: { images: { dtype: 'float32', shape: [count, SIZE], data } }, weight: count };
}

const valuesOf = ({ tensors }: MicroBatch, index = 0) =>
  Array.from((tensors.images!.data as Float32Array).subarray(index * SIZE, (index + 1) * SIZE));

const augmentation = (options: Partial<AugmentationOptions> = {}) =>
  new Augmentation({ kind: 'flip-crop', shape: SHAPE, black: BLACK, seed: 4, ...options });

/** Padded by one pixel of black all around, cut out at a corner, then flipped or not: torchvision's order. */
function variant(picture: readonly number[], top: number, left: number, isFlipped: boolean): number[] {
  return BLACK.flatMap((black, channel) => {
    const rows = Array.from({ length: SIDE }, (_, row) =>
      picture.slice(channel * SIDE * SIDE + row * SIDE, channel * SIDE * SIDE + (row + 1) * SIDE),
    );
    const edge = Array.from({ length: SIDE + 2 }, () => black);
    const padded = [edge, ...rows.map((row) => [black, ...row, black]), edge];
    const cropped = padded.slice(top, top + SIDE).map((row) => row.slice(left, left + SIDE));
    return cropped.flatMap((row) => (isFlipped ? [...row].reverse() : row));
  });
}

describe('augmentation', () => {
  it('flips and crops to every picture that padding by an eighth of the side allows, and to no other', () => {
    const batch = pictures(1);
    const corners = [0, 1, 2];
    const expected = corners.flatMap((top) =>
      corners.flatMap((left) => [false, true].map((flip) => variant(valuesOf(batch), top, left, flip))),
    );
    const key = (values: readonly number[]) => values.join(' ');
    // 18 pictures, 500 draws: that one is never drawn has a probability of 18 (17/18)^500 = 7e-12.
    const found = Array.from({ length: 500 }, (_, place) => valuesOf(augmentation().apply(batch, place)));
    expect(new Set(found.map(key))).toEqual(new Set(expected.map(key)));
  });

  it('flips without cropping, and crops without flipping, where one is asked for', () => {
    const batch = pictures(1);
    const found = (kind: 'flip' | 'crop') =>
      new Set(
        Array.from({ length: 200 }, (_, place) =>
          valuesOf(augmentation({ kind }).apply(batch, place)).join(),
        ),
      );
    const flips = [false, true].map((flip) => variant(valuesOf(batch), 1, 1, flip).join());
    expect(found('flip')).toEqual(new Set(flips));
    expect(found('crop').size).toBe(9);
    expect(found('crop').has(flips[1]!)).toBe(false);
  });

  it('is a function of seed and place alone, whatever the batch, and leaves the batch as it is', () => {
    const three = pictures(3);
    const before = structuredClone(three);
    const together = augmentation().apply(three, 10);
    const alone = {
      tensors: {
        images: { dtype: 'float32', shape: [1, SIZE], data: Float32Array.from(valuesOf(three, 2)) },
      },
      weight: 1,
    } as const;
    expect(valuesOf(augmentation().apply(alone, 12))).toEqual(valuesOf(together, 2));
    expect(three).toEqual(before);
    const many = (seed: number) => valuesOf(augmentation({ seed }).apply(pictures(40), 0));
    const places = (first: number) =>
      Array.from({ length: 10 }, (_, index) => valuesOf(augmentation().apply(alone, first + index)));
    expect(many(4)).not.toEqual(many(5));
    expect(places(0)).not.toEqual(places(100));
  });
});
