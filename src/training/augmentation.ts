/** Pictures changed at random each time they are trained on, as torchvision's RandomCrop and RandomHorizontalFlip do. */
import type { ImageShape, MicroBatch } from '../network/data/dataset.ts';
import { RandomStream } from '../random/stream.ts';
import type { HostTensor } from '../tensor/graph/type.ts';

/** What may be done to a picture. */
export const AUGMENTATIONS = ['none', 'flip', 'crop', 'flip-crop'] as const;

/** The tensor of a batch that holds pictures. */
const IMAGES = 'images';
/** The share of a side by which a picture is padded before it is cropped: 4 of 32 pixels, as is usual for CIFAR-10. */
const PADDING_SHARE = 1 / 8;

/** Pictures, what is done to them, and what they show beyond their edges. */
export interface AugmentationOptions {
  readonly kind: Exclude<(typeof AUGMENTATIONS)[number], 'none'>;
  readonly shape: ImageShape;
  /** The value of black in each channel, as the pictures are standardised. */
  readonly black: readonly number[];
  readonly seed: number;
}

/**
 * Augments the pictures of batches. What becomes of a picture is a function of the seed and of its place in the order of
 * all that is trained on, that is of epoch and example, so that a training that goes on later sees the same bytes.
 */
export class Augmentation {
  private readonly options: AugmentationOptions;

  constructor(options: AugmentationOptions) {
    this.options = options;
  }

  /**
   * @param batch with `images` [B, channels * height * width]; it is left as it is.
   * @param firstPlace of its first picture among all that are trained on, epochs one after the other.
   */
  apply(batch: MicroBatch, firstPlace: number): MicroBatch {
    const images = batch.tensors[IMAGES] as HostTensor;
    const values = images.data as Float32Array | Float64Array;
    const changed = values.slice();
    const [count, size] = images.shape as [number, number];
    for (let index = 0; index < count; index++) {
      const picture = [index * size, (index + 1) * size] as const;
      this.redraw(values.subarray(...picture), changed.subarray(...picture), firstPlace + index);
    }
    return { ...batch, tensors: { ...batch.tensors, [IMAGES]: { ...images, data: changed } } };
  }

  /** One picture, moved and flipped as its place says. */
  private redraw(from: Float32Array | Float64Array, to: Float32Array | Float64Array, place: number): void {
    const { channels, height, width } = this.options.shape;
    const { isFlipped, down, right } = this.draw(place);
    for (let channel = 0; channel < channels; channel++) {
      const black = this.options.black[channel] as number;
      const plane = channel * height * width;
      for (let row = 0; row < height; row++)
        for (let column = 0; column < width; column++) {
          const sourceRow = row + down;
          const sourceColumn = (isFlipped ? width - 1 - column : column) + right;
          const isInside = sourceRow >= 0 && sourceRow < height && sourceColumn >= 0 && sourceColumn < width;
          to[plane + row * width + column] = isInside
            ? (from[plane + sourceRow * width + sourceColumn] as number)
            : black;
        }
    }
  }

  private draw(place: number): { isFlipped: boolean; down: number; right: number } {
    const { kind, shape, seed } = this.options;
    const stream = (purpose: string) => new RandomStream(seed, 'augment', purpose, place);
    const shift = (purpose: string, side: number) => {
      const padding = Math.round(side * PADDING_SHARE);
      return (stream(purpose).integers(2 * padding + 1, 1)[0] as number) - padding;
    };
    const isCropped = kind === 'crop' || kind === 'flip-crop';
    return {
      isFlipped: kind !== 'crop' && stream('flip').integers(2, 1)[0] === 1,
      down: isCropped ? shift('down', shape.height) : 0,
      right: isCropped ? shift('right', shape.width) : 0,
    };
  }
}
