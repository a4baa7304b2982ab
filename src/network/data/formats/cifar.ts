/**
 * The binary version of CIFAR-10 and CIFAR-100 (https://www.cs.toronto.edu/~kriz/cifar.html): records of one class
 * byte (CIFAR-100: a coarse and a fine one), then 1,024 bytes each of red, green and blue, row by row.
 */
import { open, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../../../errors.ts';
import type { DataRequest, Split } from '../data-request.ts';
import { checkCut, formatCount } from '../dataset.ts';
import type { DataFormat } from '../format.ts';
import { checkSupply, type LabelledImages, neededImages } from '../images.ts';

const SIDE = 32;
const PIXEL_BYTES = 3 * SIDE * SIDE;

interface Variant {
  readonly name: string;
  readonly classCount: number;
  /** Bytes before the pixels; the last of them is the class. */
  readonly labelBytes: number;
  readonly files: Readonly<Record<Split, RegExp>>;
}

const VARIANTS: readonly Variant[] = [
  {
    name: 'CIFAR-10',
    classCount: 10,
    labelBytes: 1,
    files: { train: /^data_batch_\d+\.bin$/, test: /^test_batch\.bin$/ },
  },
  {
    name: 'CIFAR-100',
    classCount: 100,
    labelBytes: 2,
    files: { train: /^train\.bin$/, test: /^test\.bin$/ },
  },
];

export const CIFAR: DataFormat = {
  title: 'a folder with the binary files of CIFAR-10 or CIFAR-100',
  options: ['split'],
  matches: ({ names }) => variantOf(names) !== undefined,
  read: async ({ path, names }) => ({
    kind: 'images',
    open: (request) => readCifar(path, names, variantOf(names) as Variant, request),
  }),
};

function variantOf(names: readonly string[]): Variant | undefined {
  return VARIANTS.find(({ files }) =>
    names.some((name) => Object.values(files).some((pattern) => pattern.test(name))),
  );
}

async function readCifar(
  folder: string,
  names: readonly string[],
  variant: Variant,
  request: DataRequest,
): Promise<LabelledImages> {
  checkCut(request);
  const { split = 'train' } = request;
  const files = names.filter((name) => variant.files[split].test(name)).map((name) => join(folder, name));
  if (files.length === 0)
    throw new UserError(
      `${folder}: expected the ${split} files of ${variant.name}, found ${names.slice(0, 8).join(', ')}; take the whole archive, or the other split`,
    );
  const counts: number[] = [];
  for (const file of files) counts.push(await recordCount(file, variant));
  const count = counts.reduce((sum, records) => sum + records, 0);
  const name = basename(folder);
  checkSupply({ name, count }, request);
  const [first, stop] = neededImages(request, count);
  const pixels = new Uint8Array((stop - first) * PIXEL_BYTES);
  const labels = new Uint8Array(stop - first);
  let fileStart = 0;
  for (const [index, file] of files.entries()) {
    const fileStop = fileStart + (counts[index] as number);
    const [from, to] = [Math.max(first, fileStart), Math.min(stop, fileStop)];
    if (from < to) {
      const records = await readRecords(file, variant, from - fileStart, to - from);
      unpack(
        records,
        variant,
        file,
        pixels.subarray((from - first) * PIXEL_BYTES),
        labels.subarray(from - first),
      );
    }
    fileStart = fileStop;
  }
  return {
    name,
    description: `${formatCount(count)} colour images of ${SIDE} x ${SIDE} pixels in ${variant.classCount} classes, the ${split} part of ${variant.name} in ${folder}`,
    count,
    featureCount: PIXEL_BYTES,
    imageShape: { channels: 3, height: SIDE, width: SIDE },
    classCount: variant.classCount,
    firstHeld: first,
    pixels,
    labels,
  };
}

async function recordCount(path: string, { name, labelBytes }: Variant): Promise<number> {
  const { size } = await stat(path);
  const recordBytes = labelBytes + PIXEL_BYTES;
  if (size > 0 && size % recordBytes === 0) return size / recordBytes;
  throw new UserError(
    `${path}: expected records of ${formatCount(recordBytes)} bytes, as the binary version of ${name} has them, found ${formatCount(size)} bytes; fetch it again`,
  );
}

async function readRecords(
  path: string,
  { labelBytes }: Variant,
  first: number,
  count: number,
): Promise<Uint8Array> {
  const recordBytes = labelBytes + PIXEL_BYTES;
  const records = new Uint8Array(count * recordBytes);
  const handle = await open(path, 'r');
  try {
    const { bytesRead } = await handle.read(records, 0, records.length, first * recordBytes);
    if (bytesRead < records.length)
      throw new UserError(
        `${path}: expected ${formatCount(records.length)} bytes, found ${formatCount(bytesRead)}; the file has shrunk while it was read`,
      );
  } finally {
    await handle.close();
  }
  return records;
}

/** Splits records into pixels and classes. */
function unpack(
  records: Uint8Array,
  { classCount, labelBytes }: Variant,
  path: string,
  pixels: Uint8Array,
  labels: Uint8Array,
): void {
  const recordBytes = labelBytes + PIXEL_BYTES;
  for (let index = 0; index * recordBytes < records.length; index++) {
    const record = records.subarray(index * recordBytes, (index + 1) * recordBytes);
    const label = record[labelBytes - 1] as number;
    if (label >= classCount)
      throw new UserError(
        `${path}: expected classes from 0 to ${classCount - 1}, found ${label}; the file is damaged or of another data set`,
      );
    labels[index] = label;
    pixels.set(record.subarray(labelBytes), index * PIXEL_BYTES);
  }
}
