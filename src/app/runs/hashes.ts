/**
 * `hashes.jsonl`: size and sha256 of every finished file of a run.
 *
 * Lines are only ever appended. Before a file with a hash is written again a line without one is put down,
 * and the new hash follows when the file is whole: at every moment, also after a kill, a hash that stands
 * is the hash of the file.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errorCode, explainReadFailure, messageOf } from './failures.ts';
import { HASHES_FILE } from './layout.ts';
import type { HashRecord } from './records.ts';
import { parseRecordText } from './schema.ts';
import { appendJsonLine, type DiskCalls } from './write.ts';

/** sha256 in hexadecimal. */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Size and sha256 of a file, read piece by piece. */
export async function hashFile(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  const stream = createReadStream(path);
  await pipeline(stream, hash);
  return { bytes: stream.bytesRead, sha256: hash.digest('hex') };
}

/** The last line of every path, and a sentence for each line that could not be read. */
export interface HashList {
  readonly records: Map<string, HashRecord>;
  readonly problems: readonly string[];
}

/** Reads a run's hashes; a run that has none yet gives an empty list. Never throws for what stands in the file. */
export async function readHashes(directory: string): Promise<HashList> {
  const records = new Map<string, HashRecord>();
  const problems: string[] = [];
  const lines = (await readIfThere(join(directory, HASHES_FILE))).split('\n');
  // What stands after the last newline is a line that a kill has torn; the next append removes it.
  lines.pop();
  for (const [index, line] of lines.entries()) {
    try {
      const record = parseRecordText('hash', line, `line ${index + 1} of ${HASHES_FILE}`);
      records.set(record.path, record);
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  return { records, problems };
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw explainReadFailure(error, path);
  }
}

/** The hashes of a run that is open for writing. */
export class HashLedger {
  readonly #directory: string;
  readonly #file: string;
  readonly #records: Map<string, HashRecord>;
  readonly #disk: DiskCalls | undefined;

  constructor(directory: string, list: HashList, disk?: DiskCalls) {
    this.#directory = directory;
    this.#file = join(directory, HASHES_FILE);
    this.#records = list.records;
    this.#disk = disk;
  }

  /** Whether the file at this relative path has a hash. */
  isSealed(path: string): boolean {
    return this.#records.get(path)?.sha256 != null;
  }

  /** Whether the file at this relative path has exactly this content, finished. */
  holds(path: string, content: Uint8Array | string): boolean {
    return this.isSealed(path) && this.#records.get(path)?.sha256 === sha256(content);
  }

  /** The last line of every file that has a hash. */
  sealed(): HashRecord[] {
    return [...this.#records.values()].filter(({ sha256 }) => sha256 !== null);
  }

  /** To be called before a file is written, also for the first time. */
  async open(path: string): Promise<void> {
    if (this.isSealed(path)) await this.#append({ path, bytes: null, sha256: null });
  }

  /** To be called when a file is whole and will not change by itself. */
  async seal(path: string, content: Uint8Array | string): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
    await this.#append({ path, bytes, sha256: sha256(content) });
  }

  /** The same for a file whose content is not in memory. */
  async sealFile(path: string): Promise<void> {
    await this.#append({ path, ...(await hashFile(join(this.#directory, path))) });
  }

  async #append(record: HashRecord): Promise<void> {
    await appendJsonLine(this.#file, record, this.#disk);
    this.#records.set(record.path, record);
  }
}
