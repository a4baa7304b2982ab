/** Digits of MNIST as images with labels, wherever their bytes were read. */
import type { LabelledImages } from './images.ts';

export const DIGIT_CLASSES = 10;
const SIDE = 28;
/** Values of one digit. */
export const DIGIT_PIXELS = SIDE * SIDE;

/**
 * @param pixels one digit after the other, a byte a pixel.
 * @param labels the class of each.
 */
export function digitImages(pixels: Uint8Array, labels: Uint8Array): LabelledImages {
  const count = labels.length.toLocaleString('en-US');
  return {
    name: 'digits',
    description: `${count} handwritten digits of MNIST, the ten classes in turn`,
    count: labels.length,
    featureCount: DIGIT_PIXELS,
    imageShape: { channels: 1, height: SIDE, width: SIDE },
    classCount: DIGIT_CLASSES,
    pixels,
    labels,
  };
}
