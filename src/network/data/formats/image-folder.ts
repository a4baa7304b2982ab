/** A folder with one folder of pictures for each class, as torchvision's ImageFolder reads it. */
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { UserError } from '../../../errors.ts';
import type { DataRequest } from '../data-request.ts';
import { checkCut, formatCount } from '../dataset.ts';
import { dealInTurn } from '../digits.ts';
import type { DataFormat, Place } from '../format.ts';
import { checkSupply, type LabelledImages, neededImages } from '../images.ts';
import { decodePictures } from '../pictures.ts';

const PICTURE_ENDINGS: ReadonlySet<string> = new Set([
  '.png',
  '.jpg',
  '.jpeg',
  '.webp',
  '.gif',
  '.tif',
  '.tiff',
]);

const isPicture = (name: string) => PICTURE_ENDINGS.has(extname(name).toLowerCase()) && !name.startsWith('.');

export const IMAGE_FOLDER: DataFormat = {
  title: 'a folder with one folder of pictures for each class',
  options: ['pictureShape', 'split'],
  matches: async ({ path, isFolder, names }) => {
    if (!isFolder) return false;
    for (const name of names) {
      const inside = await readdir(join(path, name)).catch(() => []);
      if (inside.some(isPicture)) return true;
      // With a split, the classes lie one folder deeper.
      if (isSplit(name) && (await holdsClasses(join(path, name), inside))) return true;
    }
    return false;
  },
  read: async (place) => ({ kind: 'images', open: (request) => readImageFolder(place, request) }),
};

const isSplit = (name: string) => name === 'train' || name === 'test';

async function holdsClasses(folder: string, names: readonly string[]): Promise<boolean> {
  for (const name of names)
    if ((await readdir(join(folder, name)).catch(() => [])).some(isPicture)) return true;
  return false;
}

/**
 * Classes are the folders in the order of their names. Pictures come like cards that are dealt: the first of each class
 * by name, then the second of each, so that any few of them hold all classes.
 */
async function readImageFolder({ path, names }: Place, request: DataRequest): Promise<LabelledImages> {
  checkCut(request);
  const root = await rootOf(path, names, request);
  const classes = await listClasses(root);
  const order = dealInTurn(classes.map(({ pictures }) => pictures.length));
  const name = basename(path);
  checkSupply({ name, count: order.length }, request);
  const [first, stop] = neededImages(request, order.length);
  const chosen = order.slice(first, stop);
  const pictures = chosen.map(({ label, index }) => {
    const { folder, pictures: files } = classes[label] as PictureClass;
    return join(folder, files[index] as string);
  });
  const { shape, pixels } = await decodePictures(pictures, request.pictureShape);
  const { channels, height, width } = shape;
  return {
    name,
    description: `${formatCount(order.length)} pictures in ${classes.length} folders of ${root}, in turn, as ${channels} x ${height} x ${width} values`,
    count: order.length,
    featureCount: channels * height * width,
    imageShape: shape,
    classCount: classes.length,
    firstHeld: first,
    pixels,
    labels: Int32Array.from(chosen, ({ label }) => label),
  };
}

interface PictureClass {
  readonly folder: string;
  readonly pictures: readonly string[];
}

/** The folder whose folders are classes: `train` or `test` in it where there are such. */
async function rootOf(path: string, names: readonly string[], { split }: DataRequest): Promise<string> {
  const parts = names.filter(isSplit);
  const isParted =
    parts.length > 0 && !(await readdir(join(path, parts[0] as string)).catch(() => [])).some(isPicture);
  if (!isParted) {
    if (split === undefined) return path;
    throw new UserError(
      `${path}: expected folders train and test, as 'split' asks for, found ${names.slice(0, 8).join(', ')}; leave 'split' out`,
    );
  }
  const wanted = split ?? 'train';
  if (parts.includes(wanted)) return join(path, wanted);
  throw new UserError(`${path}: expected a folder ${wanted}, found ${parts.join(', ')}; choose that split`);
}

async function listClasses(root: string): Promise<PictureClass[]> {
  const classes: PictureClass[] = [];
  for (const name of (await readdir(root)).sort()) {
    const folder = join(root, name);
    // A link may lead nowhere.
    const stats = await stat(folder).catch(() => null);
    if (!stats?.isDirectory() || name.startsWith('.')) continue;
    const pictures = (await readdir(folder)).filter(isPicture).sort();
    if (pictures.length === 0)
      throw new UserError(
        `${folder}: expected pictures (${[...PICTURE_ENDINGS].join(', ')}), found none; each folder is a class, so remove it or name another place`,
      );
    classes.push({ folder, pictures });
  }
  return classes;
}
