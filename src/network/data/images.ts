/** Labelled images as micro-batches, in the order in which they are stored. */
import { UserError } from '../../errors.ts';
import type { FloatDType, HostTensor } from '../../tensor/graph/type.ts';
import { allocate } from '../../tensor/graph/type.ts';
import type { Cut, ImageDataset, ImageShape } from './dataset.ts';
import {
  checkCut,
  checkIndex,
  formatCount,
  formatMicroBatches,
  leastMicroBatches,
  microBatchCountOf,
} from './dataset.ts';

/** Images in memory as they are stored: one byte per pixel, 0 black to 255 white. */
export interface LabelledImages {
  /** A short name, for example `digits`. */
  readonly name: string;
  /** A phrase for descriptions. */
  readonly description: string;
  /** Images in all. */
  readonly count: number;
  /** Values of an image: channels times height times width. */
  readonly featureCount: number;
  /** Left out where the values are no picture. */
  readonly imageShape?: ImageShape | undefined;
  readonly classCount: number;
  /** Number of the first image that is in memory; 0 unless given. Readers take no more than a request needs. */
  readonly firstHeld?: number | undefined;
  /** One image after the other, each featureCount values. */
  readonly pixels: Uint8Array;
  /** The class of each image that is in memory, 0 to classCount - 1. */
  readonly labels: Uint8Array | Int32Array;
}

/** Mean and standard deviation of MNIST's training pixels in [0, 1], as PyTorch's MNIST example uses them. */
export const MNIST_MEAN = 0.1307;
export const MNIST_DEVIATION = 0.3081;

/** How values in [0, 1] become a model's inputs: (value - mean) / deviation. */
export interface Standardisation {
  /** One number for each channel, or one for all. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Images as a model wants them. */
export interface ImageInput extends Standardisation {
  /** Pictures in files are resized to it. */
  readonly shape: ImageShape;
}

/** Of grey images, and of features that are no picture. */
const GREY: Standardisation = { mean: [MNIST_MEAN], deviation: [MNIST_DEVIATION] };
/** Of colour images: ImageNet's, as PyTorch's ImageNet example uses them. */
export const IMAGENET_COLOURS: Standardisation = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
};

export interface ImageOptions extends Cut {
  /** The format of `images`; float32 unless given. */
  readonly precision?: FloatDType | undefined;
  /** Pixels are scaled to [0, 1]; unless this is false, they are then standardised. */
  readonly normalise?: boolean | undefined;
  /**
   * By what they are standardised. Unless given, or where it has another number of channels: grey images by MNIST's
   * mean 0.1307 and deviation 0.3081, colour images by ImageNet's (whatever the images, so that runs compare).
   */
  readonly standardisation?: Standardisation | undefined;
}

/** The numbers of the first image that a request needs, of those that there are, and of the one after its last. */
export function neededImages(cut: Cut, count: number): [first: number, stop: number] {
  const { batchSize, offset = 0 } = cut;
  return [offset, offset + batchSize * microBatchCountOf(cut, count - offset)];
}

/**
 * Micro-batch k holds the images `offset + k * B` to `offset + (k + 1) * B - 1`.
 *
 * @throws UserError when a number of the request is not a count, or there are too few images.
 */
export function imageDataset(images: LabelledImages, options: ImageOptions): ImageDataset {
  checkCut(options);
  const { batchSize, offset = 0, precision = 'float32', normalise = true } = options;
  checkSupply(images, options);
  const microBatches = microBatchCountOf(options, images.count - offset);
  const standardisation = normalise ? standardisationOf(images, options) : null;
  const valuesOfByte = channelsOf(images, standardisation);
  const scaling = standardisation
    ? `pixels in [0, 1] standardised by (${standardisation.mean.join(', ')}; ${standardisation.deviation.join(', ')})`
    : 'pixels in [0, 1]';

  return {
    name: images.name,
    kind: 'images',
    description: `${images.description}; ${scaling}; ${formatMicroBatches(microBatches)} of ${batchSize} images from image ${formatCount(offset)} on, in fixed order`,
    classCount: images.classCount,
    featureCount: images.featureCount,
    imageShape: images.imageShape,
    black: images.imageShape && valuesOfByte.map((values) => values[0] as number),
    batchSize,
    microBatchCount: microBatches,
    microBatch(index) {
      checkIndex(index, microBatches);
      const first = offset + index * batchSize;
      return {
        tensors: {
          images: pixelTensor(images, first, batchSize, precision, valuesOfByte),
          labels: labelTensor(images, first, batchSize),
        },
        weight: batchSize,
      };
    },
  };
}

function standardisationOf(
  { imageShape }: LabelledImages,
  { standardisation }: ImageOptions,
): Standardisation {
  const channels = imageShape?.channels ?? 1;
  const fits = ({ mean, deviation }: Standardisation) =>
    [mean, deviation].every(({ length }) => length === 1 || length === channels);
  if (standardisation && fits(standardisation)) return standardisation;
  return fits(IMAGENET_COLOURS) ? IMAGENET_COLOURS : GREY;
}

/** For each channel, what each byte becomes; values lie channel by channel. */
function channelsOf({ imageShape }: LabelledImages, standardisation: Standardisation | null): Float64Array[] {
  const of = (values: readonly number[] | undefined, channel: number, otherwise: number) =>
    values?.[values.length === 1 ? 0 : channel] ?? otherwise;
  return Array.from({ length: imageShape?.channels ?? 1 }, (_, channel) => {
    const mean = of(standardisation?.mean, channel, 0);
    const deviation = of(standardisation?.deviation, channel, 1);
    return Float64Array.from({ length: 256 }, (_, byte) => (byte / 255 - mean) / deviation);
  });
}

/** @throws UserError when a request needs more images than there are. */
export function checkSupply(images: Pick<LabelledImages, 'name' | 'count'>, cut: Cut): void {
  const { batchSize, offset = 0 } = cut;
  const microBatches = leastMicroBatches(cut);
  const needed = batchSize * microBatches;
  const found = Math.max(0, images.count - offset);
  if (needed <= found) return;
  const fitting = Math.floor(found / batchSize);
  const advice =
    fitting > 0
      ? `ask for at most ${formatMicroBatches(fitting)} of this size`
      : 'take a smaller batch size or offset';
  throw new UserError(
    `${images.name}: expected ${formatCount(needed)} images from image ${formatCount(offset)} on ` +
      `(${formatMicroBatches(microBatches)} of ${batchSize}), found ${formatCount(found)}; ${advice}`,
  );
}

function pixelTensor(
  images: LabelledImages,
  first: number,
  count: number,
  precision: FloatDType,
  valuesOfByte: readonly Float64Array[],
): HostTensor {
  const { featureCount, pixels, firstHeld = 0 } = images;
  const size = count * featureCount;
  const data = allocate(precision, size) as Float32Array | Float64Array;
  const start = (first - firstHeld) * featureCount;
  const plane = featureCount / valuesOfByte.length;
  for (let begin = 0, channel = 0; begin < size; begin += plane, channel++) {
    const valueOfByte = valuesOfByte[channel % valuesOfByte.length]!;
    for (let i = begin; i < begin + plane; i++) data[i] = valueOfByte[pixels[start + i]!]!;
  }
  return { dtype: precision, shape: [count, featureCount], data };
}

function labelTensor(images: LabelledImages, first: number, count: number): HostTensor {
  const start = first - (images.firstHeld ?? 0);
  const labels = images.labels.subarray(start, start + count);
  return { dtype: 'int64', shape: [count], data: BigInt64Array.from(labels, BigInt) };
}
