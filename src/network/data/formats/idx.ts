/** MNIST's format: a folder of four IDX files, or one of them. */
import type { DataFormat } from '../format.ts';
import { hasIdxName, idxPairInFolder, idxPairOfImages, readImageFiles } from '../image-files.ts';

export const IDX_FOLDER: DataFormat = {
  title: "a folder with MNIST's files",
  options: ['split'],
  matches: ({ isFolder, names }) => isFolder && names.some(hasIdxName),
  read: async ({ path }) => ({
    kind: 'images',
    open: async ({ split = 'train' }) => readImageFiles(await idxPairInFolder(path, split)),
  }),
};

export const IDX_FILE: DataFormat = {
  title: 'an IDX file of images',
  options: ['labels'],
  matches: ({ path, isFolder }) => !isFolder && hasIdxName(path),
  read: async ({ path }) => ({
    kind: 'images',
    open: async ({ labels }) => readImageFiles(await idxPairOfImages(path, labels)),
  }),
};
