/** One token per character, the vocabulary taken from the text itself. */
import { UserError } from '../../../errors.ts';
import type { Tokenizer } from './tokenizer.ts';

/**
 * A tokenizer whose vocabulary is the sorted distinct code points of a text, as nanoGPT's
 * character-level Shakespeare has it: token i is the i-th smallest code point.
 *
 * @param name what the text is called in messages.
 * @param pieces the text in pieces that split no surrogate pair.
 * @throws UserError when the text is empty.
 */
export async function characterTokenizer(
  name: string,
  pieces: AsyncIterable<string> | Iterable<string>,
): Promise<Tokenizer> {
  const codePoints = new Set<number>();
  for await (const piece of pieces) {
    for (const character of piece) codePoints.add(character.codePointAt(0)!);
  }
  if (codePoints.size === 0)
    throw new UserError(`${name}: expected text, found nothing; name a text that is not empty`);
  return tokenizerOf(Uint32Array.from(codePoints).sort());
}

function tokenizerOf(codePoints: Uint32Array): Tokenizer {
  const tokenOf = new Map([...codePoints].map((codePoint, token) => [codePoint, token]));
  return {
    name: 'character',
    vocabularySize: codePoints.length,
    encode(text) {
      const tokens: number[] = [];
      for (const character of text) {
        const token = tokenOf.get(character.codePointAt(0)!);
        if (token === undefined) {
          throw new UserError(
            `the character ${JSON.stringify(character)} is not among the ${codePoints.length} of this vocabulary; encode only text that it was taken from`,
          );
        }
        tokens.push(token);
      }
      return tokens;
    },
    decode(tokens) {
      let text = '';
      for (const token of tokens) {
        const codePoint = codePoints[Number(token)];
        if (codePoint === undefined) {
          throw new UserError(`expected a token from 0 to ${codePoints.length - 1}, found ${token}`);
        }
        text += String.fromCodePoint(codePoint);
      }
      return text;
    },
    lastCut: (text) => text.length,
  };
}
