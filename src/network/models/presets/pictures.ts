/** What presets of image models take from the data, and what stands in where there are none. */
import { z } from 'zod';
import { UserError } from '../../../errors.ts';
import type { ImageShape } from '../../data/dataset.ts';
import { IMAGENET_COLOURS, type ImageInput } from '../../data/images.ts';
import type { DataShape } from '../preset.ts';

/** Extents of a model's images and the number of its classes. */
export interface Pictures {
  readonly image: ImageShape;
  readonly classes: number;
}

/** ImageNet as models see it. */
export const IMAGENET: Pictures = { image: { channels: 3, height: 224, width: 224 }, classes: 1000 };
/** CIFAR-10. */
export const CIFAR: Pictures = { image: { channels: 3, height: 32, width: 32 }, classes: 10 };
/** MNIST and its like. */
export const SMALL_GREY: Pictures = { image: { channels: 1, height: 28, width: 28 }, classes: 10 };

/**
 * The extents and classes of the data, or the original's where there are no data.
 * @throws UserError when the data are no pictures.
 */
export function pictureOf(model: string, data: DataShape, original: Pictures): Pictures {
  if (data.imageShape === undefined && data.featureCount !== undefined)
    throw new UserError(
      `${model} takes pictures (channels, height and width), found ${data.featureCount} features without such a shape; choose other data`,
    );
  return { image: data.imageShape ?? original.image, classes: data.classCount ?? original.classes };
}

/**
 * How a model of colour images wants pictures in files: of its original's size. A model of small grey images takes them
 * as they come.
 */
export function imageInputOf({ image }: Pictures): { readonly imageInput?: ImageInput } {
  return image.channels === 3 ? { imageInput: { shape: image, ...IMAGENET_COLOURS } } : {};
}

/** The option `patch`. */
export function patchOption(side: number) {
  return z.int().positive().default(side).describe("a whole number: side of the images' patches in pixels");
}
