/** One file from the network: resumed where it stopped, checked before it gets its name. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../errors.ts';
import { errorCode, explainWriteFailure, messageOf } from '../runs/failures.ts';
import { type PartialContent, request, TransferError } from './transfer.ts';

/** What a file is called until it is whole and checked. */
const PART_SUFFIX = '.part';

/** How often a transfer that brings nothing new is begun again, with waits that double. */
const FRUITLESS_ATTEMPTS = 4;
const FIRST_WAIT_MS = 500;

export interface DownloadOptions {
  /** Addresses of the same bytes, tried in turn. */
  readonly urls: readonly string[];
  /** Where the file goes; missing folders are made. */
  readonly path: string;
  readonly bytes?: number | undefined;
  /** Hexadecimal; where it is not known the caller records the one found. */
  readonly sha256?: string | undefined;
  /** Told of the bytes that are there, and of all where the server says so. */
  readonly onProgress?: (doneBytes: number, totalBytes: number | null) => void;
  /** The wait before the first retry. */
  readonly firstWaitMs?: number;
}

/** A file that is there. */
export interface DownloadedFile {
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Downloads a file to `<path>.part`, going on from what an earlier attempt left there, and gives it its name when size
 * and hash are those expected. A dropped connection is taken up again where it broke.
 *
 * @throws UserError when no address can be reached, the server refuses, the bytes are other ones, or the disk is full.
 */
export async function download(options: DownloadOptions): Promise<DownloadedFile> {
  const { path } = options;
  const part = path + PART_SUFFIX;
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw explainWriteFailure(error, path);
  });
  const resumed = await sizeOf(part);
  const first = await fetchAndCheck(options, part);
  // What an earlier attempt left may be of another version of the file: once, it is fetched anew.
  const file = first.problem !== null && resumed > 0 ? await fetchAndCheck(options, part) : first;
  if (file.problem !== null) throw new UserError(file.problem);
  await rename(part, path);
  await rm(validatorPath(part), { force: true });
  return { url: file.url, bytes: file.bytes, sha256: file.sha256 };
}

/** Size and sha256 of a file. */
export async function measureFile(
  path: string,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Fetches what is missing of a part; one that is not what was expected is removed, and the problem returned. */
async function fetchAndCheck(
  options: DownloadOptions,
  part: string,
): Promise<DownloadedFile & { readonly problem: string | null }> {
  const url = await fetchFromAny(options, part);
  const found = await measureFile(part);
  const problem = problemOf(found, options, url);
  if (problem !== null) await discard(part);
  return { url, ...found, problem };
}

function problemOf(
  found: { readonly bytes: number; readonly sha256: string },
  { bytes, sha256 }: DownloadOptions,
  url: string,
): string | null {
  const advice =
    'the file there is another one, or was damaged on its way; nothing was kept, so try again later';
  if (bytes !== undefined && found.bytes !== bytes)
    return `${url}: expected ${bytes} bytes, found ${found.bytes}; ${advice}`;
  if (sha256 !== undefined && found.sha256 !== sha256)
    return `${url}: expected the sha256 ${sha256}, found ${found.sha256}; ${advice}`;
  return null;
}

/** Tries one address after the other. @returns the one that served the file. */
async function fetchFromAny(options: DownloadOptions, part: string): Promise<string> {
  const failures: TransferError[] = [];
  for (const url of options.urls) {
    try {
      await fetchPart(url, options, part);
      return url;
    } catch (error) {
      if (!(error instanceof TransferError)) throw explainWriteFailure(error, part);
      failures.push(error);
    }
  }
  const kept = await sizeOf(part);
  const advice = failures.some(({ failure }) => failure === 'unreachable')
    ? [`check the network, or put the file at ${options.path} by hand`]
    : [];
  const rest = kept > 0 ? [`${kept} bytes are kept, run the command again to go on`] : [];
  throw new UserError([...failures.map(({ message }) => message), ...advice, ...rest].join('; '));
}

/** Fetches from one address until the part is as long as the server says, over any number of broken connections. */
async function fetchPart(url: string, options: DownloadOptions, part: string): Promise<void> {
  let waitMs = options.firstWaitMs ?? FIRST_WAIT_MS;
  for (let fruitless = 0; ; ) {
    const before = await sizeOf(part);
    try {
      await transfer(url, options, part, before);
      return;
    } catch (error) {
      if (!(error instanceof TransferError) || error.failure !== 'passing') throw error;
      fruitless = (await sizeOf(part)) > before ? 1 : fruitless + 1;
      if (fruitless >= FRUITLESS_ATTEMPTS) throw error;
      if (fruitless === 1) waitMs = options.firstWaitMs ?? FIRST_WAIT_MS;
      await sleep(waitMs);
      waitMs *= 2;
    }
  }
}

async function transfer(url: string, options: DownloadOptions, part: string, have: number): Promise<void> {
  // Without a hash, only the server's own mark of a version tells that both halves are of one file.
  const validator = await readValidator(part, url);
  const mayResume = have > 0 && (options.sha256 !== undefined || validator !== null);
  const content = await request(url, mayResume ? have : 0, validator);
  const handle = await open(part, content.start > 0 ? 'r+' : 'w');
  try {
    await writeValidator(part, url, content.validator);
    await append(handle, content, options);
  } finally {
    await handle.close();
  }
}

async function append(
  handle: FileHandle,
  { start, totalBytes, chunks }: PartialContent,
  { onProgress = () => {}, bytes }: DownloadOptions,
): Promise<void> {
  let position = start;
  const total = totalBytes ?? bytes ?? null;
  onProgress(position, total);
  for await (const chunk of chunks) {
    let written = 0;
    while (written < chunk.length) {
      const { bytesWritten } = await handle.write(chunk, written, chunk.length - written, position + written);
      written += bytesWritten;
    }
    position += chunk.length;
    onProgress(position, total);
  }
  await handle.truncate(position);
  await handle.sync();
}

/** What the server said of the version of a part, kept beside it. */
const validatorPath = (part: string) => `${part}.version`;

async function readValidator(part: string, url: string): Promise<string | null> {
  const text = await readFile(validatorPath(part), 'utf8').catch(() => '');
  const [keptUrl, validator] = text.split('\n');
  return keptUrl === url && validator ? validator : null;
}

async function writeValidator(part: string, url: string, validator: string | null): Promise<void> {
  if (validator === null) await rm(validatorPath(part), { force: true });
  else await writeFile(validatorPath(part), `${url}\n${validator}\n`);
}

async function discard(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(validatorPath(part), { force: true });
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw new UserError(`${path}: cannot be looked at (${messageOf(error)}); choose another cache folder`);
  }
}
