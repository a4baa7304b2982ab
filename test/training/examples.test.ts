import { describe, expect, it } from 'vitest';
import { maskedLanguageDataset } from '../../src/network/data/masked-language.ts';
import { mobyDick } from '../../src/network/data/moby-dick.ts';
import { textDataset } from '../../src/network/data/text.ts';
import { examplesOf, ShuffledOrder } from '../../src/training/examples.ts';

const CUT = { contextLength: 16, microBatches: 4 };

describe('examples joined into a batch', () => {
  it('are what the data set cuts in one piece', async () => {
    const single = examplesOf(await textDataset(mobyDick(), { ...CUT, batchSize: 1, microBatches: 8 }), 0, 8);
    const whole = await textDataset(mobyDick(), { ...CUT, batchSize: 2 });
    expect(single.batch([2, 3])).toEqual(whole.microBatch(1));
  });

  it('move the rows of masked tokens to their places in the batch', async () => {
    const single = examplesOf(
      await maskedLanguageDataset(mobyDick(), { ...CUT, batchSize: 1, microBatches: 8 }),
      0,
      8,
    );
    const whole = await maskedLanguageDataset(mobyDick(), { ...CUT, batchSize: 4, microBatches: 2 });
    expect(single.batch([4, 5, 6, 7])).toEqual(whole.microBatch(1));
  });

  it('begin at the first of their part', async () => {
    const data = await textDataset(mobyDick(), { ...CUT, batchSize: 1 });
    expect(examplesOf(data, 3, 4).batch([0])).toEqual(data.microBatch(3));
    expect(examplesOf(data, 3, 4).count).toBe(1);
  });

  it('refuse a data set that is cut into larger pieces', async () => {
    const data = await textDataset(mobyDick(), { ...CUT, batchSize: 2 });
    expect(() => examplesOf(data, 0, 4)).toThrow('expected micro-batches of one example, found 2 in each');
  });
});

describe('the order of examples', () => {
  it('takes every example once in an epoch, each epoch in another order', () => {
    const order = new ShuffledOrder(10, 3);
    const [first, second] = [order.numbers(0, 10), order.numbers(10, 10)];
    const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);
    expect(sorted(first)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(sorted(second)).toEqual(sorted(first));
    expect(second).not.toEqual(first);
  });

  it('is the same from any place on, also across an epoch’s end', () => {
    const whole = new ShuffledOrder(7, 1).numbers(0, 21);
    const later = new ShuffledOrder(7, 1);
    expect(later.numbers(5, 4)).toEqual(whole.slice(5, 9));
    expect(later.numbers(13, 8)).toEqual(whole.slice(13));
    expect(new ShuffledOrder(7, 2).numbers(0, 21)).not.toEqual(whole);
  });
});
