/** Labelled images as micro-batches, in the order in which they are stored. */
import { UserError } from '../../errors.ts';
import type { FloatDType, HostTensor } from '../../tensor/graph/type.ts';
import { allocate } from '../../tensor/graph/type.ts';
import type { Cut, ImageDataset, ImageShape } from './dataset.ts';
import { checkCut, checkIndex, formatCount, formatMicroBatches } from './dataset.ts';

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
  /** count x featureCount, row-major. */
  readonly pixels: Uint8Array;
  /** The class of each image, 0 to classCount - 1. */
  readonly labels: Uint8Array;
}

/** Mean and standard deviation of MNIST's training pixels in [0, 1], as PyTorch's MNIST example uses them. */
export const MNIST_MEAN = 0.1307;
export const MNIST_DEVIATION = 0.3081;

export interface ImageOptions extends Cut {
  /** The format of `images`; float32 unless given. */
  readonly precision?: FloatDType | undefined;
  /**
   * Pixels are scaled to [0, 1]; unless this is false, they are then standardised with the mean 0.1307 and
   * the standard deviation 0.3081 of MNIST (whatever the images, so that runs compare).
   */
  readonly normalise?: boolean | undefined;
}

/**
 * Micro-batch k holds the images `offset + k * B` to `offset + (k + 1) * B - 1`.
 *
 * @throws UserError when a number of the request is not a count, or there are too few images.
 */
export function imageDataset(images: LabelledImages, options: ImageOptions): ImageDataset {
  checkCut(options);
  const { batchSize, microBatches, offset = 0, precision = 'float32', normalise = true } = options;
  checkSupply(images, batchSize, microBatches, offset);
  const valueOfByte = Float64Array.from({ length: 256 }, (_, byte) =>
    normalise ? (byte / 255 - MNIST_MEAN) / MNIST_DEVIATION : byte / 255,
  );
  const scaling = normalise
    ? `pixels in [0, 1] standardised by (${MNIST_MEAN}, ${MNIST_DEVIATION})`
    : 'pixels in [0, 1]';

  return {
    name: images.name,
    kind: 'images',
    description: `${images.description}; ${scaling}; ${formatMicroBatches(microBatches)} of ${batchSize} images from image ${formatCount(offset)} on, in fixed order`,
    classCount: images.classCount,
    featureCount: images.featureCount,
    imageShape: images.imageShape,
    batchSize,
    microBatchCount: microBatches,
    microBatch(index) {
      checkIndex(index, microBatches);
      const first = offset + index * batchSize;
      return {
        tensors: {
          images: pixelTensor(images, first, batchSize, precision, valueOfByte),
          labels: labelTensor(images, first, batchSize),
        },
        weight: batchSize,
      };
    },
  };
}

function checkSupply(images: LabelledImages, batchSize: number, microBatches: number, offset: number): void {
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
  valueOfByte: Float64Array,
): HostTensor {
  const { featureCount, pixels } = images;
  const size = count * featureCount;
  const data = allocate(precision, size) as Float32Array | Float64Array;
  const start = first * featureCount;
  for (let i = 0; i < size; i++) data[i] = valueOfByte[pixels[start + i]!]!;
  return { dtype: precision, shape: [count, featureCount], data };
}

function labelTensor(images: LabelledImages, first: number, count: number): HostTensor {
  const labels = images.labels.subarray(first, first + count);
  return { dtype: 'int64', shape: [count], data: BigInt64Array.from(labels, BigInt) };
}
