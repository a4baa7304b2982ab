/** Files that a request names, sent to wherever its units are performed: by content, checked before use. */
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../../errors.ts';
import { cachedData, cachedModel } from '../../network/catalogue/index.ts';
import { EMBEDDED_SOURCES } from '../../network/data/index.ts';
import { MODEL_PRESETS } from '../../network/models/index.ts';
import type { SpectrumRequest } from '../../study/spectrum/request.ts';
import { hashFile } from '../runs/hashes.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { companionsOf } from './companions.ts';

/** One file of a source, relative to its folder. */
export interface ShippedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What a choice of the request names, as files. */
export interface ShippedSource {
  readonly choice: FileChoice;
  /** The place in a list of several, such as `inputs`. */
  readonly index: number | null;
  /** What the copy is called; it keeps its ending, by which formats are told apart. */
  readonly name: string;
  readonly files: readonly ShippedFile[];
}

const FILE_CHOICES = [
  'model',
  'data',
  'labels',
  'weights',
  'tokenizer',
  'inputs',
  'targets',
  'blocksFile',
] as const satisfies readonly (keyof SpectrumRequest)[];

type FileChoice = (typeof FILE_CHOICES)[number];

/** Where fetched sets are found when a choice names none on disk. */
const CACHED: Partial<Record<FileChoice, (name: string) => Promise<string | null>>> = {
  model: cachedModel,
  weights: cachedModel,
  data: cachedData,
};

/** Names that come with hesscope, whatever lies on the disk under the same name. */
const KNOWN_NAMES: Partial<Record<FileChoice, (name: string) => boolean>> = {
  model: (name) => Object.hasOwn(MODEL_PRESETS, name),
  data: (name) => EMBEDDED_SOURCES.includes(name),
  tokenizer: (name) => !name.endsWith('.json'),
};

/** Arrays of an ONNX file may be given as `input=file`. */
const NAMED_ARRAY = /^([^=/\\]+)=(.+)$/;

function blobName(sha256: string): string {
  return `files/${sha256.slice(0, 2)}/${sha256}`;
}

/** Files on their way to workers. */
export interface Shipment {
  /** The address of the store; a worker may be told another one for the same. */
  readonly store: string;
  readonly sources: readonly ShippedSource[];
}

/** Copies all files that a request names into the store at an address. @throws as `shipFiles` and `openStore` do. */
export async function shipTo(store: string, request: SpectrumRequest): Promise<Shipment> {
  return { store, sources: await shipFiles(request, await openStore(store)) };
}

/**
 * Copies all files that a request names into a store, those that are not there yet.
 *
 * @throws UserError when a file cannot be read, or the store does not take it.
 */
export async function shipFiles(request: SpectrumRequest, store: Store): Promise<ShippedSource[]> {
  const sources: ShippedSource[] = [];
  for (const choice of FILE_CHOICES) {
    const values = request[choice];
    const isList = Array.isArray(values);
    const named = isList ? values : values === undefined ? [] : [values];
    for (const [index, value] of named.entries()) {
      const place = await placeOf(choice, value);
      if (place === null) continue;
      const files = await shipSource(place, store);
      sources.push({ choice, index: isList ? index : null, name: basename(place), files });
    }
  }
  return sources;
}

/** Where what a choice names lies on this machine; null for what every hesscope knows by its name. */
async function placeOf(choice: FileChoice, value: string): Promise<string | null> {
  if (KNOWN_NAMES[choice]?.(value)) return null;
  const path = choice === 'inputs' ? (NAMED_ARRAY.exec(value)?.[2] ?? value) : value;
  const isThere = (await stat(path).catch(() => null)) !== null;
  return isThere ? path : ((await CACHED[choice]?.(value)) ?? null);
}

async function shipSource(place: string, store: Store): Promise<ShippedFile[]> {
  const isFolder = (await stat(place)).isDirectory();
  const folder = isFolder ? place : dirname(place);
  const names = isFolder ? await filesUnder(place) : [basename(place), ...(await companionsOf(place))];
  const files: ShippedFile[] = [];
  for (const path of names) {
    const { bytes, sha256 } = await hashFile(join(folder, path));
    if (!(await store.has(blobName(sha256)))) await store.upload(blobName(sha256), join(folder, path));
    files.push({ path: isFolder ? join(basename(place), path) : path, bytes, sha256 });
  }
  return files;
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length)
        .replace(/^[/\\]+/, ''),
    )
    .sort();
}

/**
 * Brings files to this machine and gives the request that names the copies. What is in the cache is checked and used again.
 *
 * @param cache the folder of copies.
 * @throws UserError when the store lacks a file, or what it holds is not what was sent.
 */
export async function unshipFiles(
  request: SpectrumRequest,
  sources: readonly ShippedSource[],
  store: Store,
  cache: string,
): Promise<SpectrumRequest> {
  const changed: Record<string, unknown> = { ...request };
  for (const { choice, index, name, files } of sources) {
    const folder = join(cache, digestOf(files));
    for (const path of [name, ...files.map((file) => file.path)]) requireInside(path);
    for (const file of files) await bring(file, folder, store);
    const path = join(folder, name);
    if (index === null) changed[choice] = path;
    else changed[choice] = replaced(changed[choice] as string[], index, path);
  }
  return changed as SpectrumRequest;
}

function replaced(values: readonly string[], index: number, path: string): string[] {
  return values.map((value, position) => {
    if (position !== index) return value;
    const named = NAMED_ARRAY.exec(value);
    return named ? `${named[1]}=${path}` : path;
  });
}

/** Whoever can write to the queue chooses these names. */
function requireInside(path: string): void {
  if (path.split(/[/\\]/).some((part) => part === '' || part === '.' || part === '..'))
    throw new UserError(`a unit names the file '${path}', which lies outside its folder; it is refused`);
}

async function bring({ path, bytes, sha256 }: ShippedFile, folder: string, store: Store): Promise<void> {
  const place = join(folder, path);
  const isSame = async () => {
    const found = await hashFile(place).catch(() => null);
    return found?.sha256 === sha256 && found.bytes === bytes;
  };
  if (await isSame()) return;
  await store.download(blobName(sha256), place);
  if (!(await isSame()))
    throw new UserError(
      `${path} from the store ${store.address} is damaged: expected ${bytes} bytes with sha256 ${sha256}; remove ${blobName(sha256)} there and order the units again`,
    );
}

/** One folder for each set of files, so that two files of one name do not meet. */
function digestOf(files: readonly ShippedFile[]): string {
  const hash = createHash('sha256');
  for (const { path, sha256 } of files) hash.update(`${sha256} ${path}\n`);
  return hash.digest('hex').slice(0, 24);
}
