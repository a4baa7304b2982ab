/** `hesscope verify`: every file of a run against its hash, its schema and the other files. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { UserError } from '../../errors.ts';
import { checkConvergence, checkSettled } from './convergence-checks.ts';
import { checkBlocks, checkDistances, checkExact, checkLanczos, checkSpectra } from './cross-checks.ts';
import { messageOf } from './failures.ts';
import { hashFile, readHashes } from './hashes.ts';
import { checkStateFile } from './lanczos-file.ts';
import {
  ADDED_FILES,
  BLOCKS_FILE,
  DISTANCES_FILE,
  EXACT_FOLDER,
  exactPath,
  HASHES_FILE,
  LANCZOS_FOLDER,
  lanczosPath,
  METRICS_FILE,
  RUN_FILE,
  SPECTRA_FILE,
  STATE_FOLDER,
} from './layout.ts';
import { isLockFile } from './lock.ts';
import { parseRecordText, type Records } from './schema.ts';
import { PARTIAL_SUFFIX } from './write.ts';

/** One kind of check and what it found. */
export interface VerifyStep {
  readonly name: string;
  /** How many files were looked at. */
  readonly checked: number;
  /** One sentence for each fault; empty when all is well. */
  readonly findings: readonly string[];
  /** What is worth knowing and no fault, such as files without a hash in a run that is not finished. */
  readonly notes: readonly string[];
}

/** All checks of a run. */
export interface VerifyReport {
  /** True when no step has a finding. */
  readonly sound: boolean;
  readonly steps: readonly VerifyStep[];
}

/**
 * Checks a run directory. A damaged or missing file is reported, never thrown.
 *
 * @throws UserError when there is no directory at `path`.
 */
export async function verifyRun(path: string): Promise<VerifyReport> {
  const files = await listFiles(path);
  const records = new RecordReader(path, files);
  const run = await records.read(RUN_FILE, 'run', true);
  const blocks = (await records.read(BLOCKS_FILE, 'blocks', true))?.blocks ?? null;
  const finished = run?.status === 'finished';
  const spectra = await records.read(SPECTRA_FILE, 'spectra', false);
  const distances = await records.read(DISTANCES_FILE, 'distances', false);
  const coefficients = await readFolder(records, files, 'lanczos', ({ block, probe }) =>
    lanczosPath(block, probe),
  );
  const exact = await readFolder(records, files, 'exact', ({ block }) => exactPath(block));
  await records.readMetrics();

  const steps: VerifyStep[] = [
    await checkHashes(path, files, finished),
    step('every record has the fields of its kind', records.checked, records.findings),
    step('blocks: sizes, names and totals', blocks === null ? 0 : 1, blocks ? checkBlocks(blocks, run) : []),
    step(
      'coefficients: steps and dimensions, where they settled, and what the spectra were made from',
      coefficients.length,
      coefficients.flatMap((file) => [...checkLanczos(file, blocks, spectra), ...checkSettled(file, run)]),
    ),
    step(
      'eigenvalues: as many as dimensions, ascending, and what the spectra were made from',
      exact.length,
      exact.flatMap((file) => checkExact(file, blocks, spectra)),
    ),
    step(
      'spectra: weights sum to 1, nodes and weights fit alphas and betas, errors fit the probes',
      spectra === null ? 0 : 1,
      spectra ? [...checkSpectra(spectra, blocks), ...checkConvergence(spectra, run)] : [],
    ),
    step(
      'distances: symmetric, zero diagonal, means of their matrix',
      distances === null ? 0 : 1,
      distances ? checkDistances(distances, spectra) : [],
    ),
    await checkStates(path, files),
  ];
  return { sound: steps.every(({ findings }) => findings.length === 0), steps };
}

function step(
  name: string,
  checked: number,
  findings: readonly string[],
  notes: readonly string[] = [],
): VerifyStep {
  return { name, checked, findings, notes };
}

/** Relative paths of all files, with `/` between their parts, in order. */
async function listFiles(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(path, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .sort();
  } catch (error) {
    throw new UserError(`cannot read the run directory ${path} (${messageOf(error)}); check the path`);
  }
}

async function checkHashes(path: string, files: readonly string[], finished: boolean): Promise<VerifyStep> {
  const { records, problems } = await readHashes(path).catch((error: unknown) => ({
    records: new Map<string, Records['hash']>(),
    problems: [`${HASHES_FILE}: ${messageOf(error)}`],
  }));
  const findings = [...problems];
  const notes: string[] = [];
  const present = new Set(files);
  let checked = 0;
  for (const { path: file, bytes, sha256 } of records.values()) {
    if (sha256 === null) continue;
    checked += 1;
    if (!present.has(file)) {
      findings.push(`${file} is missing`);
      continue;
    }
    try {
      const found = await hashFile(join(path, file));
      if (found.bytes !== bytes)
        findings.push(`${file} has ${found.bytes} bytes; it was written with ${bytes}`);
      else if (found.sha256 !== sha256) findings.push(`${file} is not as it was written: its sha256 differs`);
    } catch (error) {
      findings.push(`${file} cannot be read: ${messageOf(error)}`);
    }
  }
  for (const file of files) {
    if (file === HASHES_FILE || ADDED_FILES.has(file)) continue;
    if (isLockFile(file) || file.startsWith(`${STATE_FOLDER}/`)) continue;
    if (file.endsWith(PARTIAL_SUFFIX)) notes.push(`${file} was left by a write that a kill cut short`);
    else if (records.get(file)?.sha256 == null) {
      (finished ? findings : notes).push(`${file} has no hash: it was not complete when last written`);
    }
  }
  return step('every finished file against its size and sha256', checked, findings, notes);
}

async function checkStates(path: string, files: readonly string[]): Promise<VerifyStep> {
  const states = files.filter(
    (file) => file.startsWith(`${STATE_FOLDER}/`) && !file.endsWith(PARTIAL_SUFFIX),
  );
  const findings: string[] = [];
  for (const file of states) {
    const fault = await checkStateFile(join(path, file));
    if (fault !== null) findings.push(`${file}: ${fault}`);
  }
  return step('saved vectors are those that were written', states.length, findings);
}

/** All records of one kind below a folder; each must stand where its content belongs. */
async function readFolder<K extends 'lanczos' | 'exact'>(
  records: RecordReader,
  files: readonly string[],
  kind: K,
  pathOf: (record: Records[K]) => string,
): Promise<Records[K][]> {
  const found: Records[K][] = [];
  for (const file of files) {
    if (!file.startsWith(`${FOLDERS[kind]}/`) || file.endsWith(PARTIAL_SUFFIX)) continue;
    const record = await records.read(file, kind, true);
    if (record === null) continue;
    found.push(record);
    const belongs = attempt(() => pathOf(record));
    if (belongs !== file) records.findings.push(`${file} holds what belongs to ${belongs ?? 'no file'}`);
  }
  return found;
}

const FOLDERS = { lanczos: LANCZOS_FOLDER, exact: EXACT_FOLDER } as const;

/** Reads records and keeps what is wrong with them. */
class RecordReader {
  readonly findings: string[] = [];
  checked = 0;
  readonly #directory: string;
  readonly #present: ReadonlySet<string>;

  constructor(directory: string, files: readonly string[]) {
    this.#directory = directory;
    this.#present = new Set(files);
  }

  /** Null when the file is absent or wrong; absence is a finding where the file is needed. */
  async read<K extends keyof Records>(file: string, kind: K, needed: boolean): Promise<Records[K] | null> {
    if (!this.#present.has(file)) {
      if (needed) this.findings.push(`${file} is missing`);
      return null;
    }
    this.checked += 1;
    try {
      return parseRecordText(kind, await readFile(join(this.#directory, file), 'utf8'), file);
    } catch (error) {
      this.findings.push(messageOf(error));
      return null;
    }
  }

  /** Each line of the training curves is JSON of its own; what follows the last newline was torn by a kill. */
  async readMetrics(): Promise<void> {
    if (!this.#present.has(METRICS_FILE)) return;
    this.checked += 1;
    try {
      const lines = (await readFile(join(this.#directory, METRICS_FILE), 'utf8')).split('\n').slice(0, -1);
      for (const [index, line] of lines.entries()) {
        if (attempt(() => JSON.parse(line)) === null) {
          this.findings.push(`${METRICS_FILE}: line ${index + 1} is not JSON`);
        }
      }
    } catch (error) {
      this.findings.push(`${METRICS_FILE} cannot be read: ${messageOf(error)}`);
    }
  }
}

/** What `work` returns, or null when it throws. */
function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
