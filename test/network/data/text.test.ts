import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import type { TextDataset } from '../../../src/network/data/dataset.ts';
import { textDataset } from '../../../src/network/data/text.ts';
import type { TextSource } from '../../../src/network/data/text-source.ts';
import { gpt2Tokenizer } from '../../../src/network/data/tokenizers/gpt2.ts';

/** A source of these pieces that counts how many were taken. */
function sourceOf(pieces: Iterable<string>): TextSource & { taken: number } {
  const source = {
    name: 'sample',
    description: 'a sample',
    taken: 0,
    *pieces() {
      for (const piece of pieces) {
        source.taken += 1;
        yield piece;
      }
    },
  };
  return source;
}

function numbers(dataset: TextDataset, index: number, name: 'tokens' | 'targets'): number[] {
  return Array.from(dataset.microBatch(index).tensors[name]!.data, Number);
}

describe('a text dataset', () => {
  it('cuts consecutive windows in fixed order, each target the next token', async () => {
    // The letters a to z are their own tokens 0 to 25.
    const source = sourceOf(['abcdefghij', 'klmnopqrstuvwxyz']);
    const dataset = await textDataset(source, { batchSize: 2, contextLength: 3, microBatches: 4 });
    for (let k = 0; k < 4; k++) {
      expect(numbers(dataset, k, 'tokens')).toEqual([0, 1, 2, 3, 4, 5].map((token) => 6 * k + token));
      expect(numbers(dataset, k, 'targets')).toEqual([1, 2, 3, 4, 5, 6].map((token) => 6 * k + token));
    }
    const { tensors, weight } = dataset.microBatch(0);
    expect(weight).toBe(6);
    expect(tensors.tokens).toMatchObject({ dtype: 'int64', shape: [6] });
    expect(dataset).toMatchObject({ kind: 'text', name: 'sample', vocabularySize: 26, microBatchCount: 4 });
    expect(dataset.description).toContain('4 micro-batches of 2 x 3 consecutive tokens from token 0 on');
    expect(() => dataset.microBatch(4)).toThrow(RangeError);
    expect(() => dataset.microBatch(-1)).toThrow(RangeError);
  });

  it('begins at the offset', async () => {
    const options = { batchSize: 1, contextLength: 5, microBatches: 2, offset: 15 };
    const dataset = await textDataset(sourceOf(['abcdefghijklm', 'nop', 'qrstuvwxyz']), options);
    expect(numbers(dataset, 0, 'tokens')).toEqual([15, 16, 17, 18, 19]);
    expect(numbers(dataset, 1, 'targets')).toEqual([21, 22, 23, 24, 25]);
  });

  it('cuts as many as there are when all are wanted', async () => {
    const options = { batchSize: 2, contextLength: 3, microBatches: 'all' as const, offset: 1 };
    const dataset = await textDataset(sourceOf(['abcdefghijklm', 'nopqrstuvwxyz']), options);
    // 25 letters: one is the last target, 24 make four micro-batches.
    expect(dataset.microBatchCount).toBe(4);
    expect(numbers(dataset, 3, 'targets')).toEqual([20, 21, 22, 23, 24, 25]);
    await expect(textDataset(sourceOf(['abcdef']), options)).rejects.toThrow(/expected 7 tokens .* found 5/);
  });

  it('takes exactly B x T x K + 1 tokens, and says what is missing when there are fewer', async () => {
    const request = { batchSize: 2, contextLength: 3, microBatches: 2 };
    await textDataset(sourceOf(['abcdefghijklm']), request);
    const error = await textDataset(sourceOf(['abcdefghijkl']), request).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(
      /expected 13 tokens .* found 12 .* at most 1 micro-batch of/,
    );
    await expect(textDataset(sourceOf(['abc']), { ...request, offset: 9 })).rejects.toThrow(
      /found 0 .* smaller/,
    );
  });

  it('refuses numbers that count nothing', async () => {
    const request = { batchSize: 1, contextLength: 2, microBatches: 1 };
    const source = sourceOf(['abc']);
    await expect(textDataset(source, { ...request, batchSize: 0 })).rejects.toThrow(
      'batch size must be a whole',
    );
    await expect(textDataset(source, { ...request, contextLength: 1.5 })).rejects.toThrow('found 1.5');
    await expect(textDataset(source, { ...request, offset: -1 })).rejects.toThrow('at least 0, found -1');
  });

  it("yields with gpt2 the tokens of the uncut text, however the source's pieces fall", async () => {
    const text =
      'It’s 1851 -- the whale\'s  white;\n\n  "Call me Ishmael," he\'ll say.  Naïve 漢字 text 😀 again. ';
    const tokenizer = await gpt2Tokenizer();
    const whole = tokenizer.encode(text);
    const request = { batchSize: 1, contextLength: whole.length - 1, microBatches: 1, tokenizer };
    for (const length of [1, 2, 3, 7, 100]) {
      const characters = [...text];
      const pieces: string[] = [];
      while (characters.length > 0) pieces.push(characters.splice(0, length).join(''));
      const dataset = await textDataset(sourceOf(pieces), request);
      expect([...numbers(dataset, 0, 'tokens'), numbers(dataset, 0, 'targets').at(-1)]).toEqual(whole);
    }
  });

  it('reads with gpt2 no further than the request needs', async () => {
    const source = sourceOf(
      (function* () {
        for (;;) yield ' whale'.repeat(50);
      })(),
    );
    const tokenizer = await gpt2Tokenizer();
    const request = { batchSize: 2, contextLength: 64, microBatches: 1, tokenizer };
    const dataset = await textDataset(source, request);
    // " whale" is one token, so 129 tokens lie in the first 3 pieces of 50; the word at a piece's end waits.
    expect(source.taken).toBe(3);
    expect(new Set(numbers(dataset, 0, 'tokens')).size).toBe(1);
  });

  it('refuses with gpt2 an endless run without words rather than take it all into memory', async () => {
    const source = sourceOf(
      (function* () {
        for (;;) yield 'a'.repeat(2 ** 16);
      })(),
    );
    const tokenizer = await gpt2Tokenizer();
    const request = { batchSize: 1, contextLength: 4, microBatches: 1, tokenizer };
    await expect(textDataset(source, request)).rejects.toThrow('sample: expected words');
  });
});
