/**
 * What a model is measured on: a fixed sequence of micro-batches.
 *
 * All randomness of the data is removed (Appendix D.1 of the paper): the same request yields the same
 * micro-batches in the same order, so that a Hessian product is the same function at every Lanczos step.
 */
import { UserError } from '../../errors.ts';
import type { HostTensor } from '../../tensor/graph/type.ts';
import type { Tokenizer } from './tokenizers/tokenizer.ts';

/** The inputs of a model's loss for one pass, and how many terms the loss's mean runs over. */
export interface MicroBatch {
  readonly tensors: Readonly<Record<string, HostTensor>>;
  /** B * T predicted tokens of a text, the tokens of the answers to instructions, B images, B pairs of sentences. */
  readonly weight: number;
}

interface MicroBatches {
  /** A short name, for example `moby-dick`. */
  readonly name: string;
  /** One sentence for a stranger: what the data are, how they are cut, and where they begin. */
  readonly description: string;
  /** Sequences or images in a micro-batch. */
  readonly batchSize: number;
  readonly microBatchCount: number;
  /**
   * The micro-batch of a 0-based index, in fresh arrays.
   *
   * @throws RangeError when the index is not one of 0 to `microBatchCount - 1`.
   */
  microBatch(index: number): MicroBatch;
}

/**
 * Micro-batches with `tokens` int64 [B * T] and, one token later in the text, `targets` int64 [B * T]. Where only some
 * targets count, `counted` [B * T] is 1 for them and 0 for the others.
 */
export interface TextDataset extends MicroBatches {
  readonly kind: 'text';
  readonly vocabularySize: number;
  /** Tokens in a sequence, T. */
  readonly contextLength: number;
  readonly tokenizer: Tokenizer;
}

/** The extents of one image; its values lie channel by channel, each row by row. */
export interface ImageShape {
  /** 1 for grey, 3 for red, green and blue. */
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Micro-batches with `images` [B, features] and `labels` int64 [B]. The features of a picture are its values in the
 * order channel, row, column: PyTorch's [B, channels, height, width], flat.
 */
export interface ImageDataset extends MicroBatches {
  readonly kind: 'images';
  readonly classCount: number;
  /** Channels times height times width. */
  readonly featureCount: number;
  /** Left out where the features are no picture; models of pictures refuse such data. */
  readonly imageShape?: ImageShape | undefined;
  /** The value of a black pixel in each channel; left out where the features are no picture. */
  readonly black?: readonly number[] | undefined;
}

/**
 * Micro-batches for BERT: sequences of T tokens, `[CLS] A [SEP] B [SEP]` without padding, some of them masked. With P
 * masked tokens in each sequence: `tokens` and `segments` (0 up to the first separator, then 1) int64 [B * T],
 * `maskedRows` (which of the B * T rows) and `maskedTargets` (what stood there) int64 [B * P], and `nextLabels` int64
 * [B]: 0 where B follows A in the text, 1 where it was drawn.
 */
export interface MaskedLanguageDataset extends MicroBatches {
  readonly kind: 'masked-language';
  /** Special tokens included. */
  readonly vocabularySize: number;
  /** Tokens in a sequence, T. */
  readonly contextLength: number;
  readonly tokenizer: Tokenizer;
}

/**
 * Micro-batches of a user's arrays, cut along their first axis: one tensor for each input of an imported network, under
 * the input's name, and the targets of its loss under `LOSS_TARGETS`.
 */
export interface ArrayDataset extends MicroBatches {
  readonly kind: 'arrays';
}

/** The name of a loss's targets among the tensors of arrays; no input of a network is called so. */
export const LOSS_TARGETS = 'loss:targets';

/** Data that are read from named sources. */
export type SourceDataset = TextDataset | ImageDataset | MaskedLanguageDataset;

export type Dataset = SourceDataset | ArrayDataset;

/** How a sequence of tokens or images is cut into micro-batches. */
export interface Cut {
  /** Sequences or images in a micro-batch. */
  readonly batchSize: number;
  /** `all`: as many as the data hold. */
  readonly microBatches: number | 'all';
  /** How many tokens or images to leave out at the start; 0 unless given. */
  readonly offset?: number | undefined;
}

/** Throws a `UserError` unless the numbers of a cut are whole and at least 1, the offset at least 0. */
export function checkCut(cut: Cut): void {
  checkCount('batch size', cut.batchSize, 1);
  if (cut.microBatches !== 'all') checkCount('number of micro-batches', cut.microBatches, 1);
  checkCount('offset', cut.offset ?? 0, 0);
}

/** How many of the wanted micro-batches there are; as many as fit into `found` examples where all are wanted. */
export function microBatchCountOf({ batchSize, microBatches }: Cut, found: number): number {
  return microBatches === 'all' ? Math.floor(found / batchSize) : microBatches;
}

/** The least number of micro-batches that a cut can do with. */
export function leastMicroBatches({ microBatches }: Cut): number {
  return microBatches === 'all' ? 1 : microBatches;
}

/** Throws a `UserError` unless `value` is a whole number of at least `least`. */
export function checkCount(what: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new UserError(`the ${what} must be a whole number of at least ${least}, found ${value}`);
  }
}

/** Throws a `RangeError` unless `index` is a micro-batch of a dataset with `count` of them. */
export function checkIndex(index: number, count: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new RangeError(`expected a micro-batch from 0 to ${count - 1}, found ${index}`);
  }
}

/** `1 micro-batch`, `2 micro-batches`: the number of a cut in descriptions and messages. */
export function formatMicroBatches(count: number): string {
  return count === 1 ? '1 micro-batch' : `${formatCount(count)} micro-batches`;
}

/** `12,345`: numbers in descriptions and messages. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}
