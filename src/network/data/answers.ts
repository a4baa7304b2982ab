/** Prompts with answers as micro-batches: the next token is predicted, and the loss counts the answers alone. */
import { UserError } from '../../errors.ts';
import type { HostTensor } from '../../tensor/graph/type.ts';
import type { TextDataset } from './dataset.ts';
import {
  checkCount,
  checkCut,
  checkIndex,
  formatCount,
  formatMicroBatches,
  leastMicroBatches,
  microBatchCountOf,
} from './dataset.ts';
import type { TextOptions } from './text.ts';
import type { Exchange, TextSource } from './text-source.ts';
import { characterTokenizer } from './tokenizers/character.ts';
import type { Tokenizer } from './tokenizers/tokenizer.ts';

/** Text whose source knows prompts from answers. */
export type ExchangeSource = TextSource & Required<Pick<TextSource, 'exchanges'>>;

/** One exchange in at most T + 1 tokens: T that the model sees, and each one's next. */
interface Sequence {
  readonly tokens: Int32Array;
  /** Tokens of the prompt; all after them are to be found. */
  readonly promptLength: number;
}

/**
 * Sequences of T tokens, one for each exchange: prompt, answer, a token that ends the text, and that token again up to
 * the context length. `counted` [B * T] is 1 where the target is a token of the answer or its end, else 0; the weight
 * of a micro-batch is how many there are.
 *
 * What is too long is cut: the prompt loses its beginning until it fills no more than half of T + 1 tokens, then the
 * answer its end. A tokenizer without a token that ends a text gets one more.
 *
 * @throws UserError when a number of the request is not a count, or there are too few exchanges.
 */
export async function answerDataset(source: ExchangeSource, options: TextOptions): Promise<TextDataset> {
  checkCut(options);
  checkCount('context length', options.contextLength, 1);
  const { batchSize, contextLength, offset = 0 } = options;
  const tokenizer = options.tokenizer ?? (await characterTokenizer(source.name, source.pieces()));
  const { end, vocabularySize } = endOf(tokenizer);
  const most = options.microBatches === 'all' ? Number.POSITIVE_INFINITY : batchSize * options.microBatches;
  const sequences: Sequence[] = [];
  let seen = 0;
  for await (const exchange of source.exchanges()) {
    if (sequences.length >= most) break;
    if (seen++ >= offset) sequences.push(sequenceOf(exchange, tokenizer, end, contextLength));
  }
  const microBatches = microBatchCountOf(options, sequences.length);
  if (microBatches === 0 || sequences.length < batchSize * microBatches)
    throw shortage(source, options, sequences.length);
  return {
    name: source.name,
    kind: 'text',
    description: describe(source, tokenizer, options, sequences.slice(0, microBatches * batchSize)),
    vocabularySize,
    contextLength,
    tokenizer,
    batchSize,
    microBatchCount: microBatches,
    microBatch(index) {
      checkIndex(index, microBatches);
      const part = sequences.slice(index * batchSize, (index + 1) * batchSize);
      const weight = part.reduce((sum, sequence) => sum + countedOf(sequence), 0);
      return { tensors: tensorsOf(part, contextLength, end), weight };
    },
  };
}

/** The token that ends an answer: the vocabulary's own, or one that is added to it. */
function endOf({ endOfText, specialTokens, vocabularySize }: Tokenizer) {
  const own = endOfText ?? specialTokens?.separate;
  return own === undefined
    ? { end: vocabularySize, vocabularySize: vocabularySize + 1 }
    : { end: own, vocabularySize };
}

function sequenceOf(exchange: Exchange, tokenizer: Tokenizer, end: number, contextLength: number): Sequence {
  const room = contextLength + 1;
  const prompt = tokenizer.encode(exchange.prompt);
  const answer = [...tokenizer.encode(exchange.answer), end];
  const promptLength = Math.min(prompt.length, Math.max(Math.floor(room / 2), room - answer.length));
  const kept = [...prompt.slice(prompt.length - promptLength), ...answer.slice(0, room - promptLength)];
  return { tokens: Int32Array.from(kept), promptLength };
}

/** Tokens that are to be found: those of the answer. */
function countedOf({ tokens, promptLength }: Sequence): number {
  return tokens.length - promptLength;
}

function tensorsOf(
  sequences: readonly Sequence[],
  contextLength: number,
  end: number,
): Record<string, HostTensor> {
  const size = sequences.length * contextLength;
  const [seen, targets] = [
    new BigInt64Array(size).fill(BigInt(end)),
    new BigInt64Array(size).fill(BigInt(end)),
  ];
  const counted = new Float32Array(size);
  for (const [row, { tokens, promptLength }] of sequences.entries()) {
    const start = row * contextLength;
    for (let place = 0; place < tokens.length; place++) {
      const token = BigInt(tokens[place] as number);
      if (place < contextLength) seen[start + place] = token;
      if (place > 0) targets[start + place - 1] = token;
      if (place >= promptLength) counted[start + place - 1] = 1;
    }
  }
  return {
    tokens: { dtype: 'int64', shape: [size], data: seen },
    targets: { dtype: 'int64', shape: [size], data: targets },
    counted: { dtype: 'float32', shape: [size], data: counted },
  };
}

/** @param found exchanges from the offset on. */
function shortage({ name }: TextSource, options: TextOptions, found: number): UserError {
  const { batchSize, offset = 0 } = options;
  const microBatches = leastMicroBatches(options);
  const fitting = Math.floor(found / batchSize);
  const advice =
    fitting > 0
      ? `ask for at most ${formatMicroBatches(fitting)} of this size`
      : 'take a smaller batch size or offset, or more instructions';
  return new UserError(
    `${name}: expected ${formatCount(batchSize * microBatches)} instructions with answers from number ${formatCount(offset)} on ` +
      `(${formatMicroBatches(microBatches)} of ${batchSize}), found ${formatCount(found)}; ${advice}`,
  );
}

function describe(
  source: TextSource,
  tokenizer: Tokenizer,
  { batchSize, contextLength, offset = 0 }: TextOptions,
  sequences: readonly Sequence[],
): string {
  const counted = sequences.reduce((sum, sequence) => sum + countedOf(sequence), 0);
  return (
    `${source.description}; ${tokenizer.name} tokens (vocabulary of ${formatCount(tokenizer.vocabularySize)}); ` +
    `${formatMicroBatches(sequences.length / batchSize)} of ${batchSize} instructions in ${contextLength} tokens each from number ${formatCount(offset)} on, in fixed order; ` +
    `the loss is that of the ${formatCount(counted)} tokens of the answers`
  );
}
