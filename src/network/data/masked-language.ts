/**
 * Text as BERT is trained on it: pairs of segments, in half of which the second follows the first, with masked tokens
 * (Devlin et al. 2019, section 3.1 and appendix A). Everything random is drawn once, from streams named by the seed.
 */
import { UserError } from '../../errors.ts';
import { RandomStream } from '../../random/stream.ts';
import type { HostTensor } from '../../tensor/graph/type.ts';
import type { Cut, MaskedLanguageDataset } from './dataset.ts';
import {
  checkCount,
  checkCut,
  checkIndex,
  formatCount,
  formatMicroBatches,
  leastMicroBatches,
  microBatchCountOf,
} from './dataset.ts';
import { layPairs, type Pair } from './sentence-pairs.ts';
import { type TokenizedSentences, takeSentences } from './sentences.ts';
import type { TextSource } from './text-source.ts';
import { characterTokenizer } from './tokenizers/character.ts';
import type { SpecialTokens, Tokenizer } from './tokenizers/tokenizer.ts';

export interface MaskedLanguageOptions extends Cut {
  /** Tokens in a sequence, T, the three special ones included. */
  readonly contextLength: number;
  /** The text's own characters unless given. */
  readonly tokenizer?: Tokenizer | undefined;
  /** Of the streams that draw segments and masks; 0 unless given. */
  readonly seed?: number | undefined;
}

/** Share of a sequence's tokens that are masked. */
const MASKED_SHARE = 0.15;
/** Of the masked tokens, the share that becomes the mask, and that which becomes a random token; the rest stays. */
const MASK_SHARE = 0.8;
const RANDOM_SHARE = 0.1;
/** `[CLS]` and two `[SEP]`. */
const FRAME = 3;
/** At least so many sequences' worth of tokens are read on, so that there is something to draw second segments from. */
const RESERVE_SEQUENCES = 64;

/** One finished sequence: what the model sees, and what it should find. */
interface Sequence {
  readonly tokens: readonly number[];
  /** Length of the first segment with its frame: `[CLS] A [SEP]`. */
  readonly firstLength: number;
  /** Ascending places in the sequence. */
  readonly maskedPlaces: readonly number[];
  readonly maskedTargets: readonly number[];
  /** 0 where the second segment follows the first in the text, 1 where it was drawn. */
  readonly nextLabel: 0 | 1;
}

/**
 * Sequences `[CLS] A [SEP] B [SEP]` of exactly T tokens. A is made of whole sentences, at most half of the sequence;
 * one that is longer loses its beginning. B fills the rest: with probability 1/2 the text that follows A, else text
 * from another sentence, drawn evenly from all that was read. In each sequence round(0.15 T) tokens are masked: 80 % of
 * them become `[MASK]`, 10 % a random token of the vocabulary and 10 % stay. A tokenizer without special tokens gets
 * three more.
 *
 * @throws UserError when a number of the request is not a count, a sequence is too short for two segments, or the text
 *   holds too little.
 */
export async function maskedLanguageDataset(
  source: TextSource,
  options: MaskedLanguageOptions,
): Promise<MaskedLanguageDataset> {
  checkCut(options);
  // Two segments of one token each and their frame.
  checkCount('context length', options.contextLength, FRAME + 2);
  const { batchSize, contextLength, offset = 0, seed = 0 } = options;
  const tokenizer = options.tokenizer ?? (await characterTokenizer(source.name, source.pieces()));
  const special = tokenizer.specialTokens ?? appendedTokens(tokenizer);
  const vocabularySize = tokenizer.vocabularySize + (tokenizer.specialTokens ? 0 : FRAME);
  const most = options.microBatches === 'all' ? null : batchSize * options.microBatches;
  const { sentences, pairs } = await takePairs(source, tokenizer, offset, contextLength - FRAME, most, seed);
  const microBatches = microBatchCountOf(options, pairs.length);
  if (microBatches === 0 || pairs.length < batchSize * microBatches)
    throw shortage(source, tokenizer, options, pairs.length);
  const sequences = pairs.map((pair, index) =>
    maskSequence(frame(sentences, pair, special), tokenizer, special, seed, index),
  );
  return {
    name: source.name,
    kind: 'masked-language',
    description: describe(source, tokenizer, options, sequences),
    vocabularySize,
    contextLength,
    tokenizer,
    batchSize,
    microBatchCount: microBatches,
    microBatch(index) {
      checkIndex(index, microBatches);
      const part = sequences.slice(index * batchSize, (index + 1) * batchSize);
      return { tensors: tensorsOf(part, contextLength), weight: batchSize };
    },
  };
}

/** Special tokens after a vocabulary that has none. */
function appendedTokens({ vocabularySize }: Tokenizer): SpecialTokens {
  return { classify: vocabularySize, separate: vocabularySize + 1, mask: vocabularySize + 2 };
}

/** Reads on until the text yields `most` pairs and a reserve to draw from; fewer when it ends before, all by null. */
async function takePairs(
  source: TextSource,
  tokenizer: Tokenizer,
  offset: number,
  room: number,
  most: number | null,
  seed: number,
): Promise<{ sentences: TokenizedSentences; pairs: readonly Pair[] }> {
  if (most === null) {
    const sentences = await takeSentences(source, tokenizer, offset, () => false);
    return { sentences, pairs: layPairs(sentences, room, sentences.tokens.length, seed) };
  }
  // A pair takes `room` tokens, and what it cuts off a sentence is lost: read on until there are enough.
  let wanted = (most + RESERVE_SEQUENCES) * room;
  for (;;) {
    const sentences = await takeSentences(source, tokenizer, offset, ({ tokens }) => tokens.length >= wanted);
    const pairs = layPairs(sentences, room, most, seed);
    if (pairs.length === most || sentences.tokens.length < wanted) return { sentences, pairs };
    wanted *= 2;
  }
}

/** `[CLS] A [SEP] B [SEP]` */
function frame({ tokens }: TokenizedSentences, { first, second, nextLabel }: Pair, special: SpecialTokens) {
  const segment = ([start, stop]: readonly [number, number]) => tokens.slice(start, stop);
  const head = [special.classify, ...segment(first), special.separate];
  return { tokens: [...head, ...segment(second), special.separate], firstLength: head.length, nextLabel };
}

function maskSequence(
  { tokens, firstLength, nextLabel }: ReturnType<typeof frame>,
  tokenizer: Tokenizer,
  special: SpecialTokens,
  seed: number,
  index: number,
): Sequence {
  const stream = (purpose: string) => new RandomStream(seed, 'masked-language', index, purpose);
  const ordinary = tokens.flatMap((_, place) =>
    place === 0 || place === firstLength - 1 || place === tokens.length - 1 ? [] : [place],
  );
  const count = Math.min(ordinary.length, Math.max(1, Math.round(MASKED_SHARE * tokens.length)));
  const drawn = Array.from(stream('places').permutation(ordinary.length).subarray(0, count));
  const maskedPlaces = drawn.map((position) => ordinary[position] as number).sort((a, b) => a - b);
  const fates = stream('fates').uniform(count);
  const replacements = stream('replacements').integers(tokenizer.vocabularySize, count);
  const seen = [...tokens];
  for (const [position, place] of maskedPlaces.entries()) {
    const fate = fates[position] as number;
    if (fate < MASK_SHARE) seen[place] = special.mask;
    else if (fate < MASK_SHARE + RANDOM_SHARE) seen[place] = replacements[position] as number;
  }
  const maskedTargets = maskedPlaces.map((place) => tokens[place] as number);
  return { tokens: seen, firstLength, maskedPlaces, maskedTargets, nextLabel };
}

function tensorsOf(sequences: readonly Sequence[], contextLength: number): Record<string, HostTensor> {
  return {
    tokens: int64(sequences.flatMap(({ tokens }) => tokens)),
    segments: int64(
      sequences.flatMap(({ tokens, firstLength }) => tokens.map((_, place) => (place < firstLength ? 0 : 1))),
    ),
    maskedRows: int64(
      sequences.flatMap(({ maskedPlaces }, row) => maskedPlaces.map((place) => row * contextLength + place)),
    ),
    maskedTargets: int64(sequences.flatMap(({ maskedTargets }) => maskedTargets)),
    nextLabels: int64(sequences.map(({ nextLabel }) => nextLabel)),
  };
}

function int64(values: readonly number[]): HostTensor {
  return { dtype: 'int64', shape: [values.length], data: BigInt64Array.from(values, BigInt) };
}

function shortage(
  source: TextSource,
  tokenizer: Tokenizer,
  options: MaskedLanguageOptions,
  found: number,
): UserError {
  const { batchSize, contextLength, offset = 0 } = options;
  const microBatches = leastMicroBatches(options);
  const fitting = Math.floor(found / batchSize);
  const advice =
    fitting > 0
      ? `ask for at most ${formatMicroBatches(fitting)} of this size, or take a longer text`
      : 'take a smaller batch size, context length or offset, or a longer text';
  return new UserError(
    `${source.name}: expected text for ${formatCount(batchSize * microBatches)} pairs of ${contextLength} ${tokenizer.name} tokens from token ${formatCount(offset)} on, found enough for ${formatCount(found)}; ${advice}`,
  );
}

function describe(
  source: TextSource,
  tokenizer: Tokenizer,
  { batchSize, contextLength, offset = 0, seed = 0 }: MaskedLanguageOptions,
  sequences: readonly Sequence[],
): string {
  const masked = sequences[0]?.maskedPlaces.length ?? 0;
  const following = sequences.filter(({ nextLabel }) => nextLabel === 0).length;
  return (
    `${source.description}; ${tokenizer.name} tokens (vocabulary of ${formatCount(tokenizer.vocabularySize)}); ` +
    `${formatMicroBatches(Math.floor(sequences.length / batchSize))} of ${batchSize} pairs of segments, ${contextLength} tokens together, from token ${formatCount(offset)} on; ` +
    `${masked} tokens of each masked, ${formatCount(following)} of ${formatCount(sequences.length)} second segments follow, seed ${seed}`
  );
}
