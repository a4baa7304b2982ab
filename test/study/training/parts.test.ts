import { describe, expect, it } from 'vitest';
import { openTraining } from '../../../src/study/training/prepare.ts';
import { parseTrainingRequest } from '../../../src/study/training/request.ts';
import { temporaryPlace } from '../../network/data/formats/places.ts';
import { idxBytes } from '../../network/data/idx-bytes.ts';

const place = temporaryPlace();

async function writePart(prefix: string, count: number, pixel: number) {
  const pixels = Array.from({ length: count * 4 }, () => pixel);
  const labels = Array.from({ length: count }, (_, index) => index % 2);
  await place.write(`two-parts/${prefix}-images-idx3-ubyte`, idxBytes([count, 2, 2], pixels));
  await place.write(`two-parts/${prefix}-labels-idx1-ubyte`, idxBytes([count], labels));
}

const open = (choices: Readonly<Record<string, unknown>>) =>
  openTraining(parseTrainingRequest({ model: 'mlp', data: place.path('two-parts'), batch: 4, ...choices }));

/** The one value that all pixels have. */
const pixelsOf = (tensors: Readonly<Record<string, { readonly data: ArrayLike<unknown> }>>) =>
  new Set(Array.from(tensors.images!.data));

describe('data in two parts', () => {
  it('can be judged by all of one after training on all of the other', async () => {
    await writePart('train', 20, 255);
    await writePart('t10k', 8, 0);
    const { training, validation, division } = await open({ validationSplit: 'test' });
    expect([training.count, validation.count]).toEqual([20, 8]);
    expect(division).toContain("all 20 trained on in a new order each epoch, the 8 of the part 'test'");
    const white = pixelsOf(training.batch([0, 19]).tensors);
    const black = pixelsOf(validation.batch([0, 7]).tensors);
    expect([white.size, black.size]).toEqual([1, 1]);
    expect([...white]).not.toEqual([...black]);
  });

  it('are not judged by what they are trained on, nor by less than a batch', async () => {
    await expect(open({ validationSplit: 'train' })).rejects.toThrow(
      /expected the part that is not trained on/,
    );
    await expect(open({ validationSplit: 'test', batch: 9 })).rejects.toThrow(
      /at least 9 examples in each part/,
    );
  });

  it('are what the choice is for', async () => {
    await expect(open({ data: 'digits', validationSplit: 'test' })).rejects.toThrow(/does not apply/);
  });
});
