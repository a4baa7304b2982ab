/** The one door to data: a request names a source, the kind follows from it. */
import { stat } from 'node:fs/promises';
import { UserError } from '../../errors.ts';
import type { FloatDType } from '../../tensor/graph/type.ts';
import type { Cut, Dataset, ImageDataset, MaskedLanguageDataset, TextDataset } from './dataset.ts';
import { embeddedDigits } from './digits.ts';
import type { IdxPair, Split } from './image-files.ts';
import { hasIdxName, idxPairInFolder, idxPairOfImages, readImageFiles } from './image-files.ts';
import type { LabelledImages } from './images.ts';
import { imageDataset } from './images.ts';
import { maskedLanguageDataset } from './masked-language.ts';
import { missingSource } from './missing-source.ts';
import { textDataset } from './text.ts';
import type { TextSource } from './text-source.ts';
import { mobyDick, textFile } from './text-source.ts';
import type { TokenizerName } from './tokenizers/tokenizer.ts';

export type { Dataset } from './dataset.ts';
export type { Split } from './image-files.ts';
export type { TokenizerName } from './tokenizers/tokenizer.ts';

/** The data sets that come with hesscope; a file of the same name is reached as `./moby-dick`. */
export const EMBEDDED_SOURCES: readonly string[] = ['moby-dick', 'digits'];

export interface DataRequest extends Cut {
  /**
   * `moby-dick`, `digits`, or a path: a folder with MNIST's four standard names or one IDX file of images
   * holds images, any other file is text in UTF-8.
   */
  readonly source: string;
  /** For text only, where it is required: tokens in a sequence. */
  readonly contextLength?: number | undefined;
  /** For text only; `character` unless given. */
  readonly tokenizer?: TokenizerName | undefined;
  /** For text only: what a model is to find, the next token or masked ones; the next token unless given. */
  readonly task?: 'next-token' | 'masked-language' | undefined;
  /** For masked tokens only: the seed of all that is drawn; 0 unless given. */
  readonly seed?: number | undefined;
  /** For images only: the format of their tensor; float32 unless given. */
  readonly precision?: FloatDType | undefined;
  /** For images only: whether pixels are standardised as MNIST's; true unless given. */
  readonly normalise?: boolean | undefined;
  /** For a folder of images only; `train` unless given. */
  readonly split?: Split | undefined;
  /** For one IDX file of images only: where its labels are, if not beside it under the usual name. */
  readonly labels?: string | undefined;
}

type Option = 'contextLength' | 'tokenizer' | 'normalise' | 'split' | 'labels';

/**
 * Opens the data of a request. The same request yields the same micro-batches, always.
 *
 * @throws UserError when the source does not exist (with the nearest names that do) or is not sound, an
 *   option does not go with it, or it holds less than the request needs.
 */
export async function openDataset(request: DataRequest): Promise<Dataset> {
  const { source } = request;
  if (source === 'moby-dick') return openText(mobyDick(), request);
  if (source === 'digits') {
    refuseOptions(request, ['contextLength', 'tokenizer', 'split', 'labels']);
    return openImages(await embeddedDigits(), request);
  }

  const stats = await stat(source).catch(() => null);
  if (stats === null) throw await missingSource(source, EMBEDDED_SOURCES);
  if (stats.isDirectory()) {
    refuseOptions(request, ['contextLength', 'tokenizer', 'labels']);
    return openImageFiles(await idxPairInFolder(source, request.split ?? 'train'), request);
  }
  if (hasIdxName(source)) {
    refuseOptions(request, ['contextLength', 'tokenizer', 'split']);
    return openImageFiles(await idxPairOfImages(source, request.labels), request);
  }
  if (!stats.isFile()) {
    throw new UserError(
      `${source}: expected a file or folder, found something else; save what it yields as a file`,
    );
  }
  return openText(textFile(source), request);
}

/** What a source holds, by its name and what stands at its path; null when nothing is there. */
export async function kindOfSource(source: string): Promise<Dataset['kind'] | null> {
  if (source === 'moby-dick') return 'text';
  if (source === 'digits') return 'images';
  const stats = await stat(source).catch(() => null);
  if (stats === null) return null;
  return stats.isDirectory() || hasIdxName(source) ? 'images' : 'text';
}

async function openText(
  source: TextSource,
  request: DataRequest,
): Promise<TextDataset | MaskedLanguageDataset> {
  refuseOptions(request, ['normalise', 'split', 'labels']);
  const { contextLength } = request;
  if (contextLength === undefined) {
    throw new UserError(
      `${source.name} is text: expected a context length (tokens in a sequence), found none; give one`,
    );
  }
  const options = { ...request, contextLength };
  return request.task === 'masked-language'
    ? maskedLanguageDataset(source, options)
    : textDataset(source, options);
}

async function openImageFiles(pair: IdxPair, request: DataRequest): Promise<ImageDataset> {
  return openImages(await readImageFiles(pair), request);
}

function openImages(images: LabelledImages, request: DataRequest): ImageDataset {
  return imageDataset(images, request);
}

const OPTION_WORDS: Readonly<Record<Option, string>> = {
  contextLength: 'a context length',
  tokenizer: 'a tokenizer',
  normalise: 'the choice to normalise',
  split: 'a split',
  labels: 'a labels file',
};

/** What would be ignored in silence is refused: a number that looks used and is not misleads. */
function refuseOptions(request: DataRequest, options: readonly Option[]): void {
  for (const option of options) {
    if (request[option] === undefined) continue;
    throw new UserError(
      `${request.source}: ${OPTION_WORDS[option]} does not apply to this source, found "${request[option]}"; leave it out`,
    );
  }
}
