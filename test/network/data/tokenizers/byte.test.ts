import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteTokenizer } from '../../../../src/network/data/tokenizers/byte.ts';

describe('the byte tokenizer', () => {
  const tokenizer = byteTokenizer();

  it('makes a token of each byte of UTF-8 and keeps one more for the end of a text', () => {
    // U+00E9 is C3 A9, U+1F600 is F0 9F 98 80.
    expect(tokenizer.encode('aé😀')).toEqual([0x61, 0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80]);
    expect(tokenizer.vocabularySize).toBe(257);
    expect(tokenizer.decode([0x61, 256])).toBe('a');
  });

  it('gives back any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
      }),
    );
  });

  it('refuses what is not a token', () => {
    expect(() => tokenizer.decode([257])).toThrow('expected a token from 0 to 256, found 257');
  });
});
