/** Colour pictures for a benchmark, since no data set of them comes with the package. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { openDataset } from '../../src/network/data/index.ts';

const CLASSES = 10;
const SIDE = 28;
const PIXELS = SIDE * SIDE;
/** With which the embedded digits are standardised. */
const [MEAN, DEVIATION] = [0.1307, 0.3081];

/**
 * Writes digits as PNG files of 28 x 28 colour pixels, one folder for each class, which has a hue of its own.
 *
 * @param count how many pictures, the ten classes in turn.
 * @returns the folder, which is a data source.
 */
export async function writeColouredDigits(folder: string, count: number): Promise<string> {
  const digits = await openDataset({ source: 'digits', batchSize: count, microBatches: 1 });
  const { images, labels } = digits.microBatch(0).tensors;
  if (!images || !labels) throw new Error('expected images with labels among the embedded digits');
  for (let index = 0; index < count; index++) {
    const label = Number(labels.data[index]);
    const values = Array.from({ length: PIXELS }, (_, pixel) => Number(images.data[index * PIXELS + pixel]));
    const classFolder = join(folder, String(label));
    await mkdir(classFolder, { recursive: true });
    await sharp(coloured(values, label), { raw: { width: SIDE, height: SIDE, channels: 3 } })
      .png()
      .toFile(join(classFolder, `${index}.png`));
  }
  return folder;
}

/** Standardised grey values as bytes of red, green and blue. */
function coloured(values: readonly number[], label: number): Uint8Array {
  const share = [0, 1, 2].map((channel) => hueShare(label / CLASSES + channel / 3));
  return Uint8Array.from(
    values.flatMap((value) => share.map((part) => Math.round(255 * part * (value * DEVIATION + MEAN)))),
  );
}

/** Between 0.3 and 1, once around the circle of hues as `turn` goes from 0 to 1. */
function hueShare(turn: number): number {
  return 0.65 + 0.35 * Math.cos(2 * Math.PI * turn);
}
