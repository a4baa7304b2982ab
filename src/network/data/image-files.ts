/** Labelled images from a pair of IDX files: which files belong together, and whether they fit. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../../errors.ts';
import type { Split } from './data-request.ts';
import { formatCount } from './dataset.ts';
import { readIdx } from './idx.ts';
import type { LabelledImages } from './images.ts';

export interface IdxPair {
  readonly imagesPath: string;
  readonly labelsPath: string;
}

const PREFIX: Readonly<Record<Split, string>> = { train: 'train', test: 't10k' };

/** True for the names that MNIST and its like give to a file of images or of labels. */
export function hasIdxName(path: string): boolean {
  return /[-.]idx\d-ubyte(\.gz)?$/.test(basename(path));
}

/**
 * The pair of a folder with MNIST's standard names: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
 * and `t10k-...` for the test split, each with or without `.gz`, a dot allowed before `idx`.
 *
 * @throws UserError when one of the two is not there.
 */
export async function idxPairInFolder(folder: string, split: Split): Promise<IdxPair> {
  const names = (await readdir(folder)).sort();
  const find = (kind: string, dimensions: number): string => {
    const pattern = new RegExp(`^${PREFIX[split]}-${kind}[-.]idx${dimensions}-ubyte(\\.gz)?$`);
    const name = names.find((candidate) => pattern.test(candidate));
    if (name !== undefined) return join(folder, name);
    const shown = names.length === 0 ? 'an empty folder' : names.slice(0, 8).join(', ');
    throw new UserError(
      `${folder}: expected ${PREFIX[split]}-${kind}-idx${dimensions}-ubyte, plain or .gz, found ${shown}; name a folder with MNIST's files, one images file, or a text file`,
    );
  };
  return { imagesPath: find('images', 3), labelsPath: find('labels', 1) };
}

/**
 * The pair of an images file: its labels stand beside it under the same name with `images` replaced by
 * `labels` and `idx3` by `idx1`, plain or `.gz`.
 *
 * @param labelsPath where the labels are, if elsewhere.
 * @throws UserError when the name is that of labels, or no labels are found.
 */
export async function idxPairOfImages(imagesPath: string, labelsPath?: string): Promise<IdxPair> {
  if (labelsPath !== undefined) return { imagesPath, labelsPath };
  const name = basename(imagesPath);
  if (/idx1-ubyte/.test(name)) {
    throw new UserError(
      `${imagesPath}: expected a file of images (idx3), found one of labels; name the images`,
    );
  }
  const plain = name.replace('images', 'labels').replace('idx3', 'idx1').replace(/\.gz$/, '');
  const candidates = name.endsWith('.gz') ? [`${plain}.gz`, plain] : [plain, `${plain}.gz`];
  for (const candidate of candidates) {
    const path = join(dirname(imagesPath), candidate);
    if (candidate !== name && (await exists(path))) return { imagesPath, labelsPath: path };
  }
  throw new UserError(
    `${imagesPath}: expected its labels beside it as ${candidates.join(' or ')}, found neither; name the labels file`,
  );
}

/**
 * Reads a pair of IDX files of unsigned bytes. The number of classes is one more than the greatest label.
 *
 * @throws UserError when a file is not sound, or the numbers of images and labels differ or are zero.
 */
export async function readImageFiles({ imagesPath, labelsPath }: IdxPair): Promise<LabelledImages> {
  const images = await readIdx(imagesPath, 3);
  const labels = await readIdx(labelsPath, 1);
  const [count = 0, rows = 0, columns = 0] = images.shape;
  if (count !== labels.data.length) {
    throw new UserError(
      `${labelsPath}: expected a label for each of the ${formatCount(count)} images of ${imagesPath}, found ${formatCount(labels.data.length)}; take files of one set`,
    );
  }
  if (count * rows * columns === 0) {
    throw new UserError(
      `${imagesPath}: expected images, found ${images.shape.join(' x ')} pixels; name another file`,
    );
  }
  const greatestLabel = labels.data.reduce((greatest, label) => Math.max(greatest, label), 0);
  return {
    name: basename(imagesPath),
    description: `${formatCount(count)} images of ${rows} x ${columns} pixels in ${greatestLabel + 1} classes from ${imagesPath}`,
    count,
    featureCount: rows * columns,
    imageShape: { channels: 1, height: rows, width: columns },
    classCount: greatestLabel + 1,
    pixels: images.data,
    labels: labels.data,
  };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
