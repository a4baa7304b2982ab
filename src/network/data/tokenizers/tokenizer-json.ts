/** Tokenizers described by a `tokenizer.json`, by the library @huggingface/tokenizers. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { UserError } from '../../../errors.ts';
import { parseJson } from '../../../json-text.ts';
import { lastSpace } from './bert.ts';
import { lastWordEnd } from './gpt2.ts';
import type { SpecialTokens, Tokenizer } from './tokenizer.ts';

const schema = z.looseObject({
  normalizer: z.looseObject({ type: z.string() }).nullish(),
  pre_tokenizer: z.looseObject({ type: z.string(), add_prefix_space: z.boolean().optional() }).nullish(),
  added_tokens: z.array(z.looseObject({ id: z.int().nonnegative(), content: z.string() })).default([]),
  model: z.looseObject({ vocab: z.record(z.string(), z.int().nonnegative()) }),
});

type Description = z.output<typeof schema>;

/** Names of the tokens that BERT frames and masks with. */
const SPECIAL = { classify: '[CLS]', separate: '[SEP]', mask: '[MASK]' } as const;

/** The token that ends a text for GPT-2. */
const END_OF_TEXT = '<|endoftext|>';

/** Normalisers that look at characters one by one, so that a cut at white space changes nothing. */
const CHARACTERWISE: ReadonlySet<string> = new Set([
  'BertNormalizer',
  'Lowercase',
  'StripAccents',
  'NFC',
  'NFD',
  'NFKC',
  'NFKD',
]);

/**
 * The tokenizer of a `tokenizer.json`: word pieces as BERT has them, or byte pairs as GPT-2 has them. Special tokens
 * in a text are encoded as the ordinary characters they are; truncation, padding and the frame of special tokens that
 * the file may ask for are left out, since texts are cut into sequences here.
 *
 * @throws UserError when the file is not a tokenizer's, or one whose long texts could not be encoded in pieces.
 */
export async function tokenizerFromJson(path: string): Promise<Tokenizer> {
  const description = await readDescription(path);
  const lastCut = lastCutOf(path, description);
  const { Tokenizer: LibraryTokenizer } = await import('@huggingface/tokenizers');
  const bare = { ...description, added_tokens: [], post_processor: null, truncation: null, padding: null };
  const encoder = asDescribed(path, () => new LibraryTokenizer(bare, {}));
  const whole = { ...description, truncation: null, padding: null };
  const decoder = asDescribed(path, () => new LibraryTokenizer(whole, {}));
  const { added_tokens: added, model } = description;
  const idOf = new Map([
    ...Object.entries(model.vocab),
    ...added.map(({ content, id }) => [content, id] as const),
  ]);
  const vocabularySize = 1 + [...idOf.values()].reduce((greatest, id) => Math.max(greatest, id), -1);
  const specialTokens = specialTokensOf(idOf);
  const endOfText = idOf.get(END_OF_TEXT);
  return {
    name: 'tokenizer.json',
    vocabularySize,
    ...(specialTokens ? { specialTokens } : {}),
    ...(endOfText === undefined ? {} : { endOfText }),
    encode(text) {
      if (text === '') return [];
      const encoded = asDescribed(path, () => encoder.encode(text, { add_special_tokens: false }));
      const ids: readonly number[] = encoded.ids;
      if (ids.every((id) => Number.isInteger(id) && id >= 0 && id < vocabularySize)) return [...ids];
      throw new UserError(
        `${path}: expected a token of its vocabulary for every piece of text, found none for some; fetch it again`,
      );
    },
    decode(tokens) {
      const ids = Array.from(tokens, Number);
      const wrong = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabularySize);
      if (wrong !== undefined)
        throw new UserError(`expected a token from 0 to ${vocabularySize - 1}, found ${wrong}`);
      if (ids.length === 0) return '';
      return asDescribed(path, () => decoder.decode(ids, { skip_special_tokens: false }));
    },
    lastCut,
  };
}

/** The library takes a description at its word and stumbles where it is not what it seemed. */
function asDescribed<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new UserError(
      `${path}: expected a tokenizer that can be used as it is described, found one that cannot (${(error as Error).message.slice(0, 200)}); fetch it again`,
    );
  }
}

async function readDescription(path: string): Promise<Description> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new UserError(`${path}: cannot read the tokenizer (${error.message}); check the path`);
  });
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    throw new UserError(
      `${path}: expected JSON, found text that does not parse (${(error as Error).message}); fetch it again`,
    );
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new UserError(
    `${path}: expected a tokenizer.json with word pieces or byte pairs: at ${issue?.path.join('.') || 'the top'}: ${issue?.message}`,
  );
}

function lastCutOf(path: string, { normalizer, pre_tokenizer: splitter }: Description): Tokenizer['lastCut'] {
  if (normalizer && !CHARACTERWISE.has(normalizer.type))
    throw new UserError(
      `${path}: expected a normalizer among ${[...CHARACTERWISE].join(', ')} or none, found ${normalizer.type}; take the tokenizer of a GPT-2 or a BERT`,
    );
  if (splitter?.type === 'BertPreTokenizer') return lastSpace;
  if (splitter?.type === 'ByteLevel' && splitter.add_prefix_space !== true) return lastWordEnd;
  throw new UserError(
    `${path}: expected the pre_tokenizer BertPreTokenizer, or ByteLevel without a space in front, found ${JSON.stringify(splitter?.type ?? null)}; take the tokenizer of a GPT-2 or a BERT`,
  );
}

function specialTokensOf(idOf: ReadonlyMap<string, number>): SpecialTokens | null {
  const [classify, separate, mask] = [SPECIAL.classify, SPECIAL.separate, SPECIAL.mask].map((name) =>
    idOf.get(name),
  );
  return classify === undefined || separate === undefined || mask === undefined
    ? null
    : { classify, separate, mask };
}
