import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { characterTokenizer } from '../../../../src/network/data/tokenizers/character.ts';

describe('the character tokenizer', () => {
  it('numbers the distinct code points in ascending order, beyond the basic plane too', async () => {
    const tokenizer = await characterTokenizer('a text', ['ba\n', '😀aé']);
    expect(tokenizer.vocabularySize).toBe(5);
    // U+000A, U+0061, U+0062, U+00E9, U+1F600
    expect(tokenizer.encode('\nabé😀')).toEqual([0, 1, 2, 3, 4]);
    expect(tokenizer.decode([4, 3n, 0])).toBe('😀é\n');
  });

  it('gives back any text of its characters', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1 }), async (text) => {
        const tokenizer = await characterTokenizer('a text', [text]);
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
        expect(tokenizer.vocabularySize).toBe(new Set(text).size);
      }),
    );
  });

  it('refuses strangers and empty texts by name', async () => {
    const tokenizer = await characterTokenizer('a text', ['ab']);
    expect(() => tokenizer.encode('abc')).toThrow('the character "c" is not among the 2');
    expect(() => tokenizer.decode([2])).toThrow('expected a token from 0 to 1, found 2');
    await expect(characterTokenizer('a text', [''])).rejects.toThrow('a text: expected text, found nothing');
  });
});
