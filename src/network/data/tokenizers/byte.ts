/** One token per byte of UTF-8, so that weights fit any text. */
import { UserError } from '../../../errors.ts';
import type { Tokenizer } from './tokenizer.ts';

const BYTES = 256;

/** Tokens 0 to 255 are the bytes of UTF-8; 256 ends a text. The vocabulary is the same whatever the text. */
export function byteTokenizer(): Tokenizer {
  return {
    name: 'byte',
    vocabularySize: BYTES + 1,
    endOfText: BYTES,
    encode: (text) => [...Buffer.from(text, 'utf8')],
    decode(tokens) {
      const bytes = Array.from(tokens, Number).filter((token) => token !== BYTES);
      const stranger = bytes.find((byte) => !Number.isInteger(byte) || byte < 0 || byte > BYTES);
      if (stranger !== undefined)
        throw new UserError(`expected a token from 0 to ${BYTES}, found ${stranger}`);
      return Buffer.from(bytes).toString('utf8');
    },
    lastCut: (text) => text.length,
  };
}
