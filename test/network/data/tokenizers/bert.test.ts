import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bertTokenizer } from '../../../../src/network/data/tokenizers/bert.ts';

describe("BERT's tokenizer", () => {
  it('has the vocabulary of bert-base-uncased', async () => {
    const tokenizer = await bertTokenizer();
    expect(tokenizer.vocabularySize).toBe(30_522);
    expect(tokenizer.specialTokens).toEqual({ classify: 101, separate: 102, mask: 103 });
    // The example of the library's documentation, without its frame.
    expect(tokenizer.encode('Hello, my dog is cute')).toEqual([7592, 1010, 2026, 3899, 2003, 10140]);
    // A word in pieces: em ##bed ##ding ##s, from the same documentation.
    expect(tokenizer.encode('embeddings')).toEqual([7861, 8270, 4667, 2015]);
    expect(tokenizer.decode([7592, 2088n])).toBe('hello world');
    expect(tokenizer.decode([101, 103, 102])).toBe('[CLS] [MASK] [SEP]');
    expect(tokenizer.decode([])).toBe('');
  });

  it('lowers letters, strips accents and takes special tokens in a text for ordinary characters', async () => {
    const { encode } = await bertTokenizer();
    expect(encode('HÉLLO wörld')).toEqual(encode('hello world'));
    expect(encode('[CLS]')).not.toContain(101);
  });

  it('refuses numbers that are no tokens', async () => {
    const { decode } = await bertTokenizer();
    expect(() => decode([30_522])).toThrow('expected a token from 0 to 30521, found 30522');
    expect(() => decode([-1])).toThrow('found -1');
  });

  it('names only cuts that change no token', async () => {
    const { encode, lastCut } = await bertTokenizer();
    const parts = [
      'a',
      'the',
      "'s",
      ' ',
      '  ',
      '\n',
      '\u00a0',
      '12',
      '3.5',
      '-',
      '#',
      'é',
      'e\u0301',
      '漢',
      '😀',
      'x\u200by',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 12 }), (words) => {
        const text = words.join('');
        const cut = lastCut(text);
        expect([...encode(text.slice(0, cut)), ...encode(text.slice(cut))]).toEqual(encode(text));
      }),
      { numRuns: 300 },
    );
    expect(lastCut('one two')).toBe(3);
    expect(lastCut('one')).toBe(0);
  });
});
