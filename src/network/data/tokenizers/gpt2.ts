/** GPT-2's byte-pair encoding with 50,257 tokens (r50k_base), by the library gpt-tokenizer. */
import { UserError } from '../../../errors.ts';
import type { Tokenizer } from './tokenizer.ts';

/**
 * The tokenizer of GPT-2. `<|endoftext|>` in a text is encoded as the ordinary characters it is, and token
 * 50,256 decodes to it. The merge table (about 2 MB) is loaded at the first call.
 */
export async function gpt2Tokenizer(): Promise<Tokenizer> {
  const { encode, decode, vocabularySize } = await import('gpt-tokenizer/encoding/r50k_base');
  const asOrdinaryText = { disallowedSpecial: new Set<string>() };
  return {
    name: 'gpt2',
    vocabularySize,
    endOfText: vocabularySize - 1,
    encode: (text) => encode(text, asOrdinaryText),
    decode(tokens) {
      const numbers = Array.from(tokens, Number);
      const wrong = numbers.find((token) => !Number.isInteger(token) || token < 0 || token >= vocabularySize);
      if (wrong !== undefined) {
        throw new UserError(`expected a token from 0 to ${vocabularySize - 1}, found ${wrong}`);
      }
      return decode(numbers);
    },
    lastCut: lastWordEnd,
  };
}

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

/**
 * GPT-2 first splits a text into words (an optional space and a run of letters, of digits or of signs),
 * runs of white space and English contractions, and merges bytes only within those. No such piece goes on
 * from a letter or digit into anything else, nor from anything else than white space into white space,
 * and none looks back: a cut there changes no token on either side.
 */
export function lastWordEnd(text: string): number {
  for (let position = text.length - 1; position > 0; position--) {
    const after = String.fromCodePoint(text.codePointAt(position)!);
    const before = characterBefore(text, position);
    const endsWord = LETTER_OR_DIGIT.test(before) && !LETTER_OR_DIGIT.test(after);
    if ((endsWord || (/\S/.test(before) && /\s/.test(after))) && !isLowSurrogate(text, position))
      return position;
  }
  return 0;
}

function characterBefore(text: string, position: number): string {
  const start = isLowSurrogate(text, position - 1) ? position - 2 : position - 1;
  return text.slice(Math.max(start, 0), position);
}

function isLowSurrogate(text: string, position: number): boolean {
  const unit = text.charCodeAt(position);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
