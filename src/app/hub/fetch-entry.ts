/** A data set or model of the catalogue into the cache: its files, unpacked, with a receipt when all is there. */
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CatalogueKind,
  entryFolder,
  placeOfEntry,
  RECEIPT_FILE,
  type Receipt,
  readReceipt,
} from '../../network/catalogue/cache.ts';
import type { CatalogueEntry, RemoteFile } from '../../network/catalogue/entry.ts';
import { explainWriteFailure } from '../runs/failures.ts';
import { acquireLock } from '../runs/lock.ts';
import { writeJson } from '../runs/write.ts';
import { type DownloadedFile, download, measureFile } from './download.ts';
import { unpack } from './unpack.ts';

/** Told of how fetching goes on. */
export interface FetchObserver {
  onProgress(file: string, doneBytes: number, totalBytes: number | null): void;
  /** A file is whole; `isTrusted` when its hash was known before. */
  onFile(file: string, sha256: string, isTrusted: boolean): void;
}

export interface FetchedEntry {
  /** What `--data`, `--model` or `--weights` gets under the entry's name. */
  readonly place: string;
  /** True when it was there before, whole. */
  readonly wasThere: boolean;
  readonly receipt: Receipt;
}

export interface FetchOptions {
  /** The wait before a broken transfer is taken up again. */
  readonly firstWaitMs?: number;
  /** Replaces the start of Hugging Face's addresses, as its own library's variable `HF_ENDPOINT` does. */
  readonly huggingFace?: string | undefined;
}

/**
 * Fetches what is missing of an entry. What is whole stays; a file without a published hash is compared with the one
 * that the first download recorded.
 *
 * @throws UserError when a file cannot be fetched or is not the one expected, or another process is at it.
 */
export async function fetchEntry(
  kind: CatalogueKind,
  name: string,
  entry: CatalogueEntry,
  observer: FetchObserver,
  options: FetchOptions = {},
): Promise<FetchedEntry> {
  const folder = entryFolder(kind, name);
  const before = await readReceipt(folder);
  const place = await placeOfEntry(kind, name, entry);
  if (before && place !== null && (await allThere(folder, entry)))
    return { place, wasThere: true, receipt: before };
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw explainWriteFailure(error, folder);
  });
  const lock = await acquireLock(folder, 'the cache folder');
  try {
    const files: Receipt['files'] = [];
    for (const file of entry.files) {
      const known = file.sha256 ?? before?.files.find((earlier) => earlier.name === file.name)?.sha256;
      const fetched = await fetchFile(folder, file, known, observer, options);
      observer.onFile(file.name, fetched.sha256, known !== undefined);
      files.push({ name: file.name, ...fetched });
    }
    for (const file of entry.files)
      if (file.archive) await unpack(join(folder, file.name), file.archive, folder);
    const receipt: Receipt = { fetchedAt: new Date().toISOString(), files };
    await writeJson(join(folder, RECEIPT_FILE), receipt);
    // Only now: whoever comes after a kill finds the archive and unpacks it again.
    for (const file of entry.files) if (file.archive) await rm(join(folder, file.name), { force: true });
    return { place: join(folder, entry.use ?? '.'), wasThere: false, receipt };
  } finally {
    await lock.release();
  }
}

/** Whether no file is missing; archives are gone once they are unpacked. */
async function allThere(folder: string, { files }: CatalogueEntry): Promise<boolean> {
  for (const { name, archive } of files)
    if (!archive && (await stat(join(folder, name)).catch(() => null)) === null) return false;
  return true;
}

async function fetchFile(
  folder: string,
  { name, urls, bytes }: RemoteFile,
  sha256: string | undefined,
  observer: FetchObserver,
  { huggingFace, firstWaitMs }: FetchOptions,
): Promise<DownloadedFile> {
  const path = join(folder, name);
  const there = await measureFile(path).catch(() => null);
  // A file without a known hash that has its name was whole when it got it.
  if (there !== null && (sha256 === undefined || there.sha256 === sha256)) return { url: urls[0], ...there };
  return download({
    urls: urls.map((url) => atEndpoint(url, huggingFace)),
    path,
    bytes,
    sha256,
    onProgress: (done, total) => observer.onProgress(name, done, total),
    ...(firstWaitMs === undefined ? {} : { firstWaitMs }),
  });
}

const HUGGING_FACE = 'https://huggingface.co';

function atEndpoint(url: string, endpoint: string | undefined): string {
  if (!endpoint || !url.startsWith(`${HUGGING_FACE}/`)) return url;
  return `${endpoint.replace(/\/$/, '')}${url.slice(HUGGING_FACE.length)}`;
}
