import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gpt2Tokenizer } from '../../../../src/network/data/tokenizers/gpt2.ts';

describe("GPT-2's tokenizer", () => {
  it('has the published vocabulary', async () => {
    const tokenizer = await gpt2Tokenizer();
    expect(tokenizer.vocabularySize).toBe(50_257);
    // Known from OpenAI's encoder: "Hello world" and the end-of-text token.
    expect(tokenizer.encode('Hello world')).toEqual([15496, 995]);
    expect(tokenizer.decode([15496, 995n])).toBe('Hello world');
    expect(tokenizer.decode([50_256])).toBe('<|endoftext|>');
  });

  it('takes the end-of-text mark in a text for ordinary characters', async () => {
    const tokenizer = await gpt2Tokenizer();
    const tokens = tokenizer.encode('a<|endoftext|>b');
    expect(tokens).not.toContain(50_256);
    expect(tokenizer.decode(tokens)).toBe('a<|endoftext|>b');
  });

  it('refuses numbers that are no tokens', async () => {
    const tokenizer = await gpt2Tokenizer();
    expect(() => tokenizer.decode([50_257])).toThrow('expected a token from 0 to 50256, found 50257');
    expect(() => tokenizer.decode([-1])).toThrow('found -1');
  });

  it('names only cuts that change no token', async () => {
    const tokenizer = await gpt2Tokenizer();
    // What the splitting rule distinguishes: letters, digits, signs, marks, spaces, contractions, pairs.
    const parts = [
      'a',
      'the',
      "'s",
      "'ll",
      "'",
      ' ',
      '  ',
      '\n',
      '\u00a0',
      '7',
      '42',
      '.',
      '--',
      'é',
      'e\u0301',
      '😀',
      '漢',
      '𝒜',
    ];
    let cuts = 0;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...parts), { maxLength: 12 }),
        fc.constantFrom(...parts),
        (pieces, next) => {
          const text = pieces.join('');
          const cut = tokenizer.lastCut(text);
          if (cut > 0) cuts += 1;
          const inPieces = [
            ...tokenizer.encode(text.slice(0, cut)),
            ...tokenizer.encode(text.slice(cut) + next),
          ];
          expect(inPieces).toEqual(tokenizer.encode(text + next));
        },
      ),
      { numRuns: 3000, seed: 1 },
    );
    expect(cuts).toBeGreaterThan(1000);
  });
});
