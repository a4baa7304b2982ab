/** Files that are whole or absent, whenever the process or the machine stops. */
import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, explainWriteFailure } from './failures.ts';
import { formatJson, formatJsonLine } from './json.ts';

/** What a file is called until it is complete; readers pass over it. */
export const PARTIAL_SUFFIX = '.partial';

/** Where records of the layout are written: a run directory, or a folder laid out like one. */
export interface RecordPlace {
  readonly path: string;
  /** @param finished whether the file is not going to be written again. */
  write(path: string, content: Uint8Array | string, finished: boolean): Promise<void>;
}

/** The calls that reach the disk, so that a test can let one of them fail. */
export interface DiskCalls {
  readonly open: typeof open;
  readonly rename: typeof rename;
}

const realDisk: DiskCalls = { open, rename };

/**
 * Writes a file so that a reader finds the old content or the new, never a part: to `<path>.partial`,
 * synced, renamed over `path`, and the directory synced so that the name survives a power cut.
 * Missing directories are made. Two calls for one path must not overlap.
 *
 * @throws UserError when the disk is full, or the place may not be written to; `path` is then as it was.
 */
export async function writeAside(
  path: string,
  content: Uint8Array | string,
  disk: DiskCalls = realDisk,
): Promise<void> {
  const partial = path + PARTIAL_SUFFIX;
  try {
    await makeFolder(dirname(path));
    await withHandle(disk, partial, 'w', async (file) => {
      await file.writeFile(content);
      await file.sync();
    });
    await disk.rename(partial, path);
    await syncDirectory(dirname(path), disk);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw explainWriteFailure(error, path);
  }
}

/**
 * Writes a value as readable JSON by {@link writeAside}.
 *
 * @throws Error naming the key for NaN, an infinity or anything else that JSON cannot hold;
 *   UserError as {@link writeAside} does.
 */
export async function writeJson(path: string, value: unknown, disk: DiskCalls = realDisk): Promise<void> {
  await writeAside(path, formatJson(value), disk);
}

/**
 * Appends one value as a line of JSON and syncs it. A last line without its newline, torn when an earlier
 * process was killed, is cut off first: it would spoil the line that follows.
 *
 * @throws as {@link writeJson}
 */
export async function appendJsonLine(
  path: string,
  value: unknown,
  disk: DiskCalls = realDisk,
): Promise<void> {
  const line = formatJsonLine(value);
  try {
    await makeFolder(dirname(path));
    await withHandle(disk, path, 'a+', async (file) => {
      const size = await cutTornLine(file);
      try {
        await file.appendFile(line);
        await file.sync();
      } catch (error) {
        await file.truncate(size).catch(() => undefined);
        throw error;
      }
    });
  } catch (error) {
    throw explainWriteFailure(error, path);
  }
}

/** Makes a folder and those above it. @throws what the operating system answered. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    // Node says so of a file system that is read-only; asked for one folder alone, it says what is wrong.
    let first = path;
    while (!existsSync(dirname(first))) first = dirname(first);
    await mkdir(first);
    await mkdir(path, { recursive: true });
  }
}

/** Truncates a file after its last newline; returns the size that is left, in bytes. */
async function cutTornLine(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  const newline = '\n'.charCodeAt(0);
  const chunk = Buffer.alloc(4096);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - chunk.length);
    const { bytesRead } = await file.read(chunk, 0, end - start, start);
    const last = chunk.subarray(0, bytesRead).lastIndexOf(newline);
    if (last >= 0) {
      const kept = start + last + 1;
      if (kept < size) await file.truncate(kept);
      return kept;
    }
    end = start;
  }
  if (size > 0) await file.truncate(0);
  return 0;
}

async function withHandle(
  disk: DiskCalls,
  path: string,
  flags: string,
  use: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await disk.open(path, flags);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string, disk: DiskCalls): Promise<void> {
  // Windows can neither open nor sync a directory; its renames are journalled.
  if (process.platform === 'win32') return;
  await withHandle(disk, path, 'r', (directory) => directory.sync());
}
