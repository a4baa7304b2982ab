import { describe, expect, it } from 'vitest';
import { answerDataset, type ExchangeSource } from '../../../src/network/data/answers.ts';
import type { MicroBatch } from '../../../src/network/data/dataset.ts';
import type { Exchange } from '../../../src/network/data/text-source.ts';
import { gpt2Tokenizer } from '../../../src/network/data/tokenizers/gpt2.ts';

function sourceOf(...exchanges: readonly Exchange[]): ExchangeSource {
  return {
    name: 'sample',
    description: 'a sample',
    *pieces() {
      for (const { prompt, answer } of exchanges) yield `${prompt}${answer}`;
    },
    async *exchanges() {
      yield* exchanges;
    },
  };
}

const numbers = ({ tensors }: MicroBatch, name: string) => Array.from(tensors[name]!.data, Number);

const ALL = { batchSize: 1, microBatches: 'all' } as const;

describe('prompts with answers', () => {
  it('are padded to the context length, and only tokens of the answer and its end count', async () => {
    // Characters a, b, x, y are the tokens 0 to 3, the end of the text is 4.
    const source = sourceOf({ prompt: 'ab', answer: 'xy' }, { prompt: 'b', answer: 'y' });
    const data = await answerDataset(source, { batchSize: 2, microBatches: 1, contextLength: 5 });
    const batch = data.microBatch(0);
    expect(data.vocabularySize).toBe(5);
    expect(numbers(batch, 'tokens')).toEqual([0, 1, 2, 3, 4, 1, 3, 4, 4, 4]);
    expect(numbers(batch, 'targets')).toEqual([1, 2, 3, 4, 4, 3, 4, 4, 4, 4]);
    expect(numbers(batch, 'counted')).toEqual([0, 1, 1, 1, 0, 1, 1, 0, 0, 0]);
    expect(batch.weight).toBe(5);
    expect(data.description).toContain('the loss is that of the 5 tokens of the answers');
  });

  it('that are too long lose the beginning of the prompt down to half, then the end of the answer', async () => {
    const source = sourceOf({ prompt: 'abcdefgh', answer: 'x' }, { prompt: 'abcdefgh', answer: 'xyzxyzxyz' });
    const data = await answerDataset(source, { ...ALL, contextLength: 6 });
    const letters = 'abcdefghxyz';
    const shown = (index: number, name: string) =>
      numbers(data.microBatch(index), name)
        .map((token) => letters[token] ?? '.')
        .join('');
    // 7 tokens fit: 5 of the prompt, the answer and its end; or 3 of the prompt and 4 of the answer.
    expect([shown(0, 'tokens'), shown(0, 'targets')]).toEqual(['defghx', 'efghx.']);
    expect(numbers(data.microBatch(0), 'counted')).toEqual([0, 0, 0, 0, 1, 1]);
    expect([shown(1, 'tokens'), shown(1, 'targets')]).toEqual(['fghxyz', 'ghxyzx']);
    expect(numbers(data.microBatch(1), 'counted')).toEqual([0, 0, 1, 1, 1, 1]);
  });

  it('end with the token by which GPT-2 ends a text', async () => {
    const tokenizer = await gpt2Tokenizer();
    const { encode } = tokenizer;
    const source = sourceOf({ prompt: 'Name a whale.\n', answer: 'Moby-Dick' });
    const data = await answerDataset(source, { ...ALL, contextLength: 16, tokenizer });
    const whole = [...encode('Name a whale.\nMoby-Dick'), 50256];
    expect(data.vocabularySize).toBe(50257);
    expect(numbers(data.microBatch(0), 'tokens').slice(0, whole.length)).toEqual(whole);
    expect(data.microBatch(0).weight).toBe(encode('Moby-Dick').length + 1);
  });

  it('begin after the offset, and those that are not there are counted', async () => {
    const source = sourceOf(...['x', 'y', 'z'].map((answer) => ({ prompt: 'a', answer })));
    const data = await answerDataset(source, { ...ALL, contextLength: 3, offset: 1 });
    expect(data.microBatchCount).toBe(2);
    expect(numbers(data.microBatch(0), 'tokens').slice(0, 2)).toEqual([0, 2]);
    const wanted = { batchSize: 2, microBatches: 2, contextLength: 3 };
    await expect(answerDataset(source, wanted)).rejects.toThrow(
      'sample: expected 4 instructions with answers from number 0 on (2 micro-batches of 2), found 3; ask for at most 1 micro-batch of this size',
    );
  });
});
