/** The one door to data: a request names a source, the kind follows from it. */
import { readdir, stat } from 'node:fs/promises';
import { UserError } from '../../errors.ts';
import { cachedData, DATA_SETS } from '../catalogue/index.ts';
import { countryInstructions } from './countries.ts';
import type { DataRequest, PictureShape } from './data-request.ts';
import type { MaskedLanguageDataset, SourceDataset, TextDataset } from './dataset.ts';
import { embeddedDigits } from './digits.ts';
import type { DataFormat, FormatOption, Place } from './format.ts';
import { DATA_FORMATS } from './formats/index.ts';
import { imageDataset } from './images.ts';
import { missingSource } from './missing-source.ts';
import { mobyDick } from './moby-dick.ts';
import type { TextSource } from './text-source.ts';
import { textTask } from './text-task.ts';
import { openTokenizer } from './tokenizers/open.ts';

export type { DataRequest } from './data-request.ts';
export type { Dataset } from './dataset.ts';

/** The data sets that come with hesscope; a file of the same name is reached as `./moby-dick`. */
export const EMBEDDED_SOURCES: readonly string[] = ['moby-dick', 'countries', 'digits'];

const EMBEDDED_TEXTS = new Map<string, () => TextSource>([
  ['moby-dick', mobyDick],
  ['countries', countryInstructions],
]);

/** What a source holds, whatever is made of it. */
export type SourceKind = 'text' | 'images';

/**
 * Opens the data of a request. The same request yields the same micro-batches, always.
 *
 * @throws UserError when the source does not exist (with the nearest names that do) or is not sound, an
 *   option does not go with it, or it holds less than the request needs.
 */
export async function openDataset(request: DataRequest): Promise<SourceDataset> {
  const { source } = request;
  const text = EMBEDDED_TEXTS.get(source);
  if (text) {
    refuseOptions(request, FORMAT_OPTIONS);
    return openText(text(), request);
  }
  if (source === 'digits') {
    refuseOptions(request, [...TEXT_OPTIONS, ...FORMAT_OPTIONS]);
    return imageDataset(await embeddedDigits(), request);
  }
  const place = await placeOf(source);
  if (place === null) {
    if (Object.hasOwn(DATA_SETS, source))
      throw new UserError(
        `the data set '${source}' has not been fetched yet; fetch it with 'hesscope data get ${source}'`,
      );
    throw await missingSource(source, EMBEDDED_SOURCES);
  }
  const format = await formatOf(place);
  const opened = await format.read(place);
  refuseOptions(request, opened.kind === 'text' ? IMAGE_OPTIONS : TEXT_OPTIONS);
  refuseOptions(
    request,
    FORMAT_OPTIONS.filter((option) => !format.options.includes(option)),
  );
  if (opened.kind === 'text') return openText(await opened.open(request), request);
  const { imageInput, pictureShape } = request;
  const wanted = imageInput || pictureShape ? { ...imageInput?.shape, ...pictureShape } : undefined;
  const images = await opened.open({ ...request, pictureShape: wanted as PictureShape | undefined });
  return imageDataset(images, { ...request, standardisation: imageInput });
}

/** What a source holds, by its name and what stands at its path; null when nothing is there. */
export async function kindOfSource(source: string): Promise<SourceKind | null> {
  if (EMBEDDED_TEXTS.has(source)) return 'text';
  if (source === 'digits') return 'images';
  const place = await placeOf(source);
  return place && (await (await formatOf(place)).read(place)).kind;
}

/** A path, or where a data set of the catalogue was fetched to; null when nothing is there. */
async function placeOf(source: string): Promise<Place | null> {
  const stats = await stat(source).catch(() => null);
  if (stats === null) {
    const cached = await cachedData(source);
    return cached === null ? null : placeOf(cached);
  }
  const isFolder = stats.isDirectory();
  if (!isFolder && !stats.isFile())
    throw new UserError(
      `${source}: expected a file or folder, found something else; save what it yields as a file`,
    );
  return { path: source, isFolder, names: isFolder ? (await readdir(source)).sort() : [] };
}

async function formatOf(place: Place): Promise<DataFormat> {
  for (const format of DATA_FORMATS) if (await format.matches(place)) return format;
  const shown = place.names.length === 0 ? 'an empty folder' : place.names.slice(0, 8).join(', ');
  const folders =
    "MNIST's IDX files, CIFAR's binary files, one folder of pictures for each class, Parquet files, or movie_lines.txt";
  throw new UserError(
    `${place.path}: expected a folder with ${folders}, found ${shown}; name such a folder or a file`,
  );
}

async function openText(
  source: TextSource,
  request: DataRequest,
): Promise<TextDataset | MaskedLanguageDataset> {
  const { tokenizer } = request;
  return textTask(source, {
    ...request,
    tokenizer: tokenizer === undefined ? undefined : await openTokenizer(source, tokenizer),
  });
}

type Option = FormatOption | 'contextLength' | 'tokenizer' | 'normalise';

const FORMAT_OPTIONS: readonly FormatOption[] = ['split', 'labels', 'field', 'pictureShape'];
const TEXT_OPTIONS: readonly Option[] = ['contextLength', 'tokenizer'];
const IMAGE_OPTIONS: readonly Option[] = ['normalise'];

const OPTION_WORDS: Readonly<Record<Option, string>> = {
  contextLength: 'a context length',
  tokenizer: 'a tokenizer',
  normalise: 'the choice to normalise',
  split: 'a split',
  labels: 'a labels file',
  field: 'a field',
  pictureShape: 'an image size',
};

/** What would be ignored in silence is refused: a number that looks used and is not misleads. */
function refuseOptions(request: DataRequest, options: readonly Option[]): void {
  for (const option of options) {
    if (request[option] === undefined) continue;
    throw new UserError(
      `${request.source}: ${OPTION_WORDS[option]} does not apply to this source, found ${JSON.stringify(request[option])}; leave it out`,
    );
  }
}
