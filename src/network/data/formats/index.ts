/** The formats of data, in the order in which they are tried. A new one is one file beside this one and its line here. */
import type { DataFormat } from '../format.ts';
import { CIFAR } from './cifar.ts';
import { CONVERSATION_JSON } from './conversation-json.ts';
import { IDX_FILE, IDX_FOLDER } from './idx.ts';
import { IMAGE_FOLDER } from './image-folder.ts';
import { INSTRUCTION_JSON } from './instruction-json.ts';
import { JSON_LINES } from './json-lines.ts';
import { MOVIE_DIALOGS } from './movie-dialogs.ts';
import { PARQUET } from './parquet.ts';
import { PLAIN_TEXT } from './plain-text.ts';

export const DATA_FORMATS: readonly DataFormat[] = [
  IDX_FOLDER,
  CIFAR,
  MOVIE_DIALOGS,
  PARQUET,
  IMAGE_FOLDER,
  IDX_FILE,
  JSON_LINES,
  CONVERSATION_JSON,
  INSTRUCTION_JSON,
  PLAIN_TEXT,
];
