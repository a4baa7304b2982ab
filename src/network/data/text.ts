/** Text as micro-batches: consecutive, non-overlapping windows in fixed order. */
import { UserError } from '../../errors.ts';
import type { HostTensor } from '../../tensor/graph/type.ts';
import type { Cut, TextDataset } from './dataset.ts';
import {
  checkCount,
  checkCut,
  checkIndex,
  formatCount,
  formatMicroBatches,
  leastMicroBatches,
  microBatchCountOf,
} from './dataset.ts';
import type { TextSource } from './text-source.ts';
import { characterTokenizer } from './tokenizers/character.ts';
import type { Tokenizer } from './tokenizers/tokenizer.ts';

export interface TextOptions extends Cut {
  /** Tokens in a sequence, T. */
  readonly contextLength: number;
  /** The text's own characters unless given. */
  readonly tokenizer?: Tokenizer | undefined;
}

/**
 * The tokens of a text from `offset` on, cut into micro-batches of B sequences of T tokens: sequence s of
 * micro-batch k begins at token `offset + (k * B + s) * T`, and the target of each token is the next one,
 * also across a sequence's end. So B * T * microBatches + 1 tokens are needed.
 *
 * Only these are kept, and with `gpt2` no more of the text is read than yields them; the vocabulary of
 * `character` takes one pass over the whole text, piece by piece.
 *
 * @throws UserError when a number of the request is not a count, or the text holds too few tokens.
 */
export async function textDataset(source: TextSource, options: TextOptions): Promise<TextDataset> {
  checkCut(options);
  checkCount('context length', options.contextLength, 1);
  const { batchSize, contextLength, offset = 0 } = options;
  const tokenizer = options.tokenizer ?? (await characterTokenizer(source.name, source.pieces()));
  const weight = batchSize * contextLength;
  const most = options.microBatches === 'all' ? Number.POSITIVE_INFINITY : weight * options.microBatches + 1;
  const tokens = await takeTokens(source, tokenizer, offset, most);
  const microBatches = microBatchCountOf(options, Math.floor((tokens.length - 1) / contextLength));
  if (microBatches === 0 || tokens.length < weight * microBatches + 1)
    throw shortage(source, tokenizer, options, tokens.length);

  return {
    name: source.name,
    kind: 'text',
    description: describe(source, tokenizer, options, microBatches),
    vocabularySize: tokenizer.vocabularySize,
    contextLength,
    tokenizer,
    batchSize,
    microBatchCount: microBatches,
    microBatch(index) {
      checkIndex(index, microBatches);
      const start = index * weight;
      return {
        tensors: { tokens: int64(tokens, start, weight), targets: int64(tokens, start + 1, weight) },
        weight,
      };
    },
  };
}

/** The `most` tokens from `offset` on, or as many as there are. */
async function takeTokens(
  source: TextSource,
  tokenizer: Tokenizer,
  offset: number,
  most: number,
): Promise<Int32Array> {
  const kept: number[] = [];
  let seen = 0;
  for await (const encoded of encodePieces(source, tokenizer)) {
    const from = Math.max(0, offset - seen);
    const to = Math.min(encoded.length, offset + most - seen);
    for (let i = from; i < to; i++) kept.push(encoded[i]!);
    seen += encoded.length;
    if (kept.length === most) break;
  }
  return Int32Array.from(kept);
}

/** Characters without a place to cut beyond which a file is taken for something else than text. */
const LONGEST_WORD = 2 ** 19;

/** The tokens of the whole text, cut only where that changes none. */
async function* encodePieces(source: TextSource, tokenizer: Tokenizer): AsyncGenerator<number[]> {
  let waiting = '';
  for await (const piece of source.pieces()) {
    waiting += piece;
    const cut = tokenizer.lastCut(waiting);
    if (cut === 0 && waiting.length <= LONGEST_WORD) continue;
    if (cut === 0)
      throw new UserError(
        `${source.name}: expected words, found ${formatCount(waiting.length)} characters without an end of one; name a text file, or use the tokenizer character`,
      );
    yield tokenizer.encode(waiting.slice(0, cut));
    waiting = waiting.slice(cut);
  }
  yield tokenizer.encode(waiting);
}

/** @param found tokens from the offset on. */
function shortage(source: TextSource, tokenizer: Tokenizer, options: TextOptions, found: number): UserError {
  const { batchSize, contextLength, offset = 0 } = options;
  const microBatches = leastMicroBatches(options);
  const needed = batchSize * contextLength * microBatches + 1;
  const fitting = Math.max(0, Math.floor((found - 1) / (batchSize * contextLength)));
  const advice =
    fitting > 0
      ? `ask for at most ${formatMicroBatches(fitting)} of this size, or take a longer text`
      : 'take a smaller batch size, context length or offset, or a longer text';
  return new UserError(
    `${source.name}: expected ${formatCount(needed)} tokens from token ${formatCount(offset)} on ` +
      `(${formatMicroBatches(microBatches)} of ${batchSize} x ${contextLength}, and one more as last target), ` +
      `found ${formatCount(found)} (${tokenizer.name} tokens); ${advice}`,
  );
}

function describe(
  source: TextSource,
  tokenizer: Tokenizer,
  { batchSize, contextLength, offset = 0 }: TextOptions,
  microBatches: number,
): string {
  const vocabulary = `${tokenizer.name} tokens (vocabulary of ${formatCount(tokenizer.vocabularySize)})`;
  const cut = `${formatMicroBatches(microBatches)} of ${batchSize} x ${contextLength} consecutive tokens`;
  return `${source.description}; ${vocabulary}; ${cut} from token ${formatCount(offset)} on, in fixed order`;
}

function int64(tokens: Int32Array, start: number, count: number): HostTensor {
  const data = new BigInt64Array(count);
  for (let i = 0; i < count; i++) data[i] = BigInt(tokens[start + i]!);
  return { dtype: 'int64', shape: [count], data };
}
