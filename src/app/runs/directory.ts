/** A run directory: made, opened by one writer at a time, read by anyone. */
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../../errors.ts';
import { type NamedTensors, writeSafetensors } from '../../tensor/files/safetensors.ts';
import { errorCode, explainReadFailure, explainWriteFailure } from './failures.ts';
import { HashedFolder } from './hashed-folder.ts';
import { formatJson } from './json.ts';
import {
  BLOCKS_FILE,
  checkBlockNames,
  checkFreePath,
  DISTANCES_FILE,
  METRICS_FILE,
  RUN_FILE,
  runName,
  SPECTRA_FILE,
} from './layout.ts';
import { acquireLock, type RunLock } from './lock.ts';
import type { BlockRecord, DistancesFile, RunFile, RunRecord, SpectraFile } from './records.ts';
import { RUN_FORMAT_VERSION } from './records.ts';
import { parseRecord, parseRecordText, type Records } from './schema.ts';
import { type RunStart, startedRun } from './start.ts';
import { appendJsonLine, type DiskCalls } from './write.ts';

/** What may change while a run goes on; `updatedAt` follows by itself. */
export type RunChange = Partial<Omit<RunFile, 'version' | 'name' | 'createdAt' | 'updatedAt'>>;

/** Where a new run goes: under a parent by a name made from the clock, or at a path chosen by the user. */
export type RunPlace = { readonly parent: string } | { readonly path: string };

/** What a test replaces. */
export interface RunDirectoryOptions {
  readonly now?: () => Date;
  readonly disk?: DiskCalls;
}

/**
 * Makes a run directory with `run.json` (status `running`) and `blocks.json`, and holds its lock.
 *
 * @throws UserError when the place is taken or cannot be written to, or a block's name cannot be a folder's.
 */
export async function createRunDirectory(
  place: RunPlace,
  start: RunStart,
  options: RunDirectoryOptions = {},
): Promise<RunDirectory> {
  checkBlockNames(start.blocks.map((block) => block.name));
  const now = (options.now ?? (() => new Date()))();
  const name = runName(start.model.name, now);
  const path = 'path' in place ? await makeFresh(place.path) : await makeUnder(place.parent, name);
  const { blocks } = start;
  const ownName = 'path' in place ? name : path.slice(place.parent.length).replace(/^[/\\]+/, '');
  const run = startedRun(ownName, start, now);
  const lock = await acquireLock(path);
  try {
    const folder = await HashedFolder.open(path, options.disk);
    const directory = new RunDirectory(folder, run, lock, options);
    await directory.writeBlocks(blocks);
    await directory.updateRun({});
    return directory;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * Opens a run to go on with it, and holds its lock. A run that still says `running` was killed:
 * its status becomes `interrupted`.
 *
 * @throws UserError when there is no run, another process has it open, or its `run.json` is not readable.
 */
export async function openRunDirectory(
  path: string,
  options: RunDirectoryOptions = {},
): Promise<RunDirectory> {
  await readRecord(path, RUN_FILE, 'run');
  const lock = await acquireLock(path);
  try {
    // Read again: only now is it certain that nobody writes.
    const run = await readRecord(path, RUN_FILE, 'run');
    const folder = await HashedFolder.open(path, options.disk);
    for (const file of [RUN_FILE, BLOCKS_FILE]) await refuseDamaged(folder, file);
    const directory = new RunDirectory(folder, run, lock, options);
    if (run.status === 'running') await directory.updateRun({ status: 'interrupted' });
    // A kill between a file and its hash leaves a finished run.json without one.
    else if (!folder.ledger.isSealed(RUN_FILE)) await directory.updateRun({});
    return directory;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * Reads the records of a run, also while another process writes it: each file is whole, though `spectra.json`
 * may be older than `run.json`.
 *
 * @throws UserError when there is no run at this path, or a file does not hold what it should.
 */
export async function readRun(path: string): Promise<RunRecord> {
  const run = await readRecord(path, RUN_FILE, 'run');
  const { blocks } = await readRecord(path, BLOCKS_FILE, 'blocks');
  return {
    run,
    blocks,
    spectra: (await isFile(join(path, SPECTRA_FILE)))
      ? await readRecord(path, SPECTRA_FILE, 'spectra')
      : null,
    distances: (await isFile(join(path, DISTANCES_FILE)))
      ? await readRecord(path, DISTANCES_FILE, 'distances')
      : null,
  };
}

/** The run directories under a parent, by name, newest last; none when the parent does not exist. */
export async function listRuns(parent: string): Promise<string[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const names: string[] = [];
  for (const entry of entries) {
    if (entry.isDirectory() && (await isFile(join(parent, entry.name, RUN_FILE)))) names.push(entry.name);
  }
  return names.sort();
}

/** A run directory that this process holds the lock of. Its writes happen one after the other, in the order asked. */
export class RunDirectory {
  readonly path: string;
  #run: RunFile;
  readonly #folder: HashedFolder;
  readonly #lock: RunLock;
  readonly #now: () => Date;
  readonly #disk: DiskCalls | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** Use {@link createRunDirectory} or {@link openRunDirectory}. */
  constructor(folder: HashedFolder, run: RunFile, lock: RunLock, options: RunDirectoryOptions) {
    this.path = folder.path;
    this.#run = run;
    this.#folder = folder;
    this.#lock = lock;
    this.#now = options.now ?? (() => new Date());
    this.#disk = options.disk;
  }

  /** `run.json` as it was last written. */
  get run(): RunFile {
    return this.#run;
  }

  /**
   * Changes `run.json`: status, loss, plan, elapsed time and so on.
   *
   * @throws UserError when the disk does not take it; Error for a value that does not fit the record.
   */
  async updateRun(change: RunChange): Promise<void> {
    await this.#inTurn(async () => {
      const next: RunFile = { ...this.#run, ...change, updatedAt: this.#now().toISOString() };
      const text = recordText('run', RUN_FILE, next);
      const settled = next.status !== 'running';
      if (settled) await this.#sealMetrics();
      await this.#folder.write(RUN_FILE, text, settled);
      this.#run = next;
    });
  }

  /** Writes `blocks.json`. */
  async writeBlocks(blocks: readonly BlockRecord[]): Promise<void> {
    checkBlockNames(blocks.map((block) => block.name));
    await this.write(
      BLOCKS_FILE,
      recordText('blocks', BLOCKS_FILE, { version: RUN_FORMAT_VERSION, blocks }),
      true,
    );
  }

  /** Writes `spectra.json`. */
  async writeSpectra(spectra: SpectraFile): Promise<void> {
    await this.write(SPECTRA_FILE, recordText('spectra', SPECTRA_FILE, spectra), true);
  }

  /** Writes `distances.json`. */
  async writeDistances(distances: DistancesFile): Promise<void> {
    await this.write(DISTANCES_FILE, recordText('distances', DISTANCES_FILE, distances), true);
  }

  /** Appends a line to `metrics.jsonl`, for example `{ step, loss, learningRate }`. */
  async appendMetrics(values: Readonly<Record<string, string | number | null>>): Promise<void> {
    await this.#inTurn(async () => {
      await this.#folder.ledger.open(METRICS_FILE);
      await appendJsonLine(join(this.path, METRICS_FILE), values, this.#disk);
    });
  }

  /**
   * Writes a finished file that is no record: `report.html`, `figures/fig1.svg`, `checkpoints/100.safetensors`.
   *
   * @throws Error for a path outside the directory or that of a record.
   */
  async writeFile(path: string, content: Uint8Array | string): Promise<void> {
    checkFreePath(path);
    await this.write(path, content, true);
  }

  /** Writes `metrics.jsonl` anew, where lines that were appended are not to stay. */
  async rewriteMetrics(lines: readonly string[]): Promise<void> {
    await this.write(METRICS_FILE, lines.join(''), false);
  }

  /**
   * Writes tensors as a finished safetensors file, such as `checkpoints/best.safetensors`.
   *
   * @throws Error for a path outside the directory or that of a record.
   */
  async writeTensors(
    path: string,
    tensors: NamedTensors,
    metadata: Readonly<Record<string, string>>,
  ): Promise<void> {
    checkFreePath(path);
    await this.#inTurn(async () => {
      await this.#folder.ledger.open(path);
      await mkdir(dirname(join(this.path, path)), { recursive: true });
      await writeSafetensors(join(this.path, path), tensors, metadata);
      await this.#folder.ledger.sealFile(path);
    });
  }

  /**
   * Writes any file of the layout; the rooms of this folder use it.
   *
   * @param finished whether the file gets its hash now, or is going to be written again as it grows.
   */
  async write(path: string, content: Uint8Array | string, finished: boolean): Promise<void> {
    await this.#inTurn(() => this.#folder.write(path, content, finished));
  }

  /**
   * Takes away finished files that are not as they were written, so that the run makes them again.
   *
   * @returns a sentence for each of them.
   */
  async discardDamaged(): Promise<string[]> {
    return this.#inTurn(() =>
      // These two are read when the run is opened, which refuses them.
      this.#folder.discardDamaged((path) => [RUN_FILE, BLOCKS_FILE, METRICS_FILE].includes(path)),
    );
  }

  /** Waits for the writes under way and gives the lock back. */
  async close(): Promise<void> {
    await this.#last;
    await this.#lock.release();
  }

  async #sealMetrics(): Promise<void> {
    const path = join(this.path, METRICS_FILE);
    if (!(await isFile(path))) return;
    const content = await readFile(path);
    if (!this.#folder.ledger.holds(METRICS_FILE, content))
      await this.#folder.ledger.seal(METRICS_FILE, content);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    // The next in turn starts also after a failure, which only its own caller is told.
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** The text of a record, checked before it is written. */
function recordText<K extends keyof Records>(kind: K, file: string, value: Records[K]): string {
  // Formatted first: its message for a NaN names the key and the cure.
  const text = formatJson(value);
  parseRecord(kind, value, file);
  return text;
}

/** These files say what the run is; nothing can make them again. @throws UserError when one is not as it was written. */
async function refuseDamaged({ path, ledger }: HashedFolder, file: string): Promise<void> {
  if (!ledger.isSealed(file)) return;
  const content = await readFile(join(path, file)).catch((error: unknown) => {
    throw explainReadFailure(error, join(path, file));
  });
  if (!ledger.holds(file, content))
    throw new UserError(
      `${join(path, file)} is not as it was written: its sha256 differs. Bring back a copy of it, or begin a new run elsewhere; 'hesscope verify ${path}' says what else is damaged.`,
    );
}

/** Reads one record file of a run. */
async function readRecord<K extends keyof Records>(
  directory: string,
  file: string,
  kind: K,
): Promise<Records[K]> {
  const path = join(directory, file);
  try {
    return parseRecordText(kind, await readFile(path, 'utf8'), path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') {
      throw new UserError(`no hesscope run at ${directory}: expected to find ${file} there; check the path`);
    }
    throw explainReadFailure(error, path);
  }
}

async function makeFresh(path: string): Promise<string> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw explainWriteFailure(error, path);
  });
  if ((await readdir(path)).length > 0) {
    throw new UserError(
      `${path} is not empty; resume the run in it, or choose another directory for a new one`,
    );
  }
  return path;
}

async function makeUnder(parent: string, name: string): Promise<string> {
  try {
    await mkdir(parent, { recursive: true });
    for (let count = 1; ; count++) {
      const path = join(parent, count === 1 ? name : `${name}-${count}`);
      try {
        await mkdir(path);
        return path;
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error;
      }
    }
  } catch (error) {
    throw explainWriteFailure(error, join(parent, name));
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
