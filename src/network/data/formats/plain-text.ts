import type { DataFormat } from '../format.ts';
import { textFile } from '../text-file.ts';

/** Any file that no other format has claimed: text in UTF-8. */
export const PLAIN_TEXT: DataFormat = {
  title: 'text in UTF-8',
  options: [],
  matches: ({ isFolder }) => !isFolder,
  read: async ({ path }) => ({ kind: 'text', open: async () => textFile(path) }),
};
