/** Where things stand in a run directory. */
import { UserError } from '../../errors.ts';

/** The record files at the top of a run directory. */
export const RUN_FILE = 'run.json';
export const BLOCKS_FILE = 'blocks.json';
export const SPECTRA_FILE = 'spectra.json';
export const DISTANCES_FILE = 'distances.json';
/** Training curves, one JSON object a line. */
export const METRICS_FILE = 'metrics.jsonl';
/** Size and sha256 of every finished file, one a line. */
export const HASHES_FILE = 'hashes.jsonl';
/** The units of work that a shared run was cut into. */
export const UNITS_FILE = 'units.json';
export const LANCZOS_FOLDER = 'lanczos';
export const STATE_FOLDER = 'state';
export const EXACT_FOLDER = 'exact';

/** Words that people put on a run. */
export const TAGS_FILE = 'tags.json';
/** What `hesscope advise` says of a run, and its picture without extension. */
export const ADVICE_FILE = 'advice.json';
export const ADVICE_PICTURE = 'advice';
/** What stands in a run directory and is no part of the run: it may come, change and go after the run has finished. */
export const ADDED_FILES: ReadonlySet<string> = new Set([
  TAGS_FILE,
  ADVICE_FILE,
  `${ADVICE_PICTURE}.svg`,
  `${ADVICE_PICTURE}.png`,
]);

/** The name under which the whole Hessian stands among the blocks. */
export const WHOLE_HESSIAN = 'full';

/** File systems allow 255 bytes for a name. */
const LONGEST_NAME = 240;

/**
 * Checks that a block's name can be a folder's name as it is.
 *
 * @throws UserError for an empty name, one that starts with a dot, one with a path separator or a control
 *   character, and one that is too long for a file system.
 */
export function checkBlockName(name: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const unfit = name === '' || name.startsWith('.') || /[/\\\u0000-\u001f\u007f]/.test(name);
  if (unfit || new TextEncoder().encode(name).length > LONGEST_NAME) {
    throw new UserError(
      `the block name ${JSON.stringify(name)} cannot name a folder of the run: expected 1 to ${LONGEST_NAME} bytes ` +
        'without path separators and control characters, not starting with a dot; rename the parameter',
    );
  }
}

/**
 * Checks the names of all blocks of a model: each fit for a folder, none twice, none `full`.
 *
 * @throws UserError that names the block
 */
export function checkBlockNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    checkBlockName(name);
    if (name === WHOLE_HESSIAN) {
      throw new UserError(
        `a block may not be named "${WHOLE_HESSIAN}", the name of the whole Hessian; rename it`,
      );
    }
    if (seen.has(name))
      throw new UserError(`two blocks are named "${name}"; give each parameter its own name`);
    seen.add(name);
  }
}

/** Relative path of the parameters with the least loss on the examples held back. */
export const BEST_CHECKPOINT = 'checkpoints/best.safetensors';

/** Relative path of the parameters after so many steps. */
export function checkpointPath(step: number): string {
  return `checkpoints/step-${String(step).padStart(6, '0')}.safetensors`;
}

/** Relative path of the coefficients of one probe (0-based). */
export function lanczosPath(block: string, probe: number): string {
  return `${LANCZOS_FOLDER}/${probeName(block, probe)}.json`;
}

/** Relative path of a block's eigenvalues, where all were computed. */
export function exactPath(block: string): string {
  checkBlockName(block);
  return `${EXACT_FOLDER}/${block}.json`;
}

/** Relative path of the last Lanczos vectors of one probe (0-based). */
export function statePath(block: string, probe: number): string {
  return `${STATE_FOLDER}/${probeName(block, probe)}.safetensors`;
}

function probeName(block: string, probe: number): string {
  checkBlockName(block);
  if (!Number.isSafeInteger(probe) || probe < 0) {
    throw new Error(`a probe is counted 0, 1, 2, ...: found ${probe}`);
  }
  return `${block}/${probe}`;
}

/**
 * Checks a relative path that a room outside this one wants to write, for example `figures/fig1.svg`.
 *
 * @throws Error for a path that leaves the directory, or that belongs to a record.
 */
export function checkFreePath(path: string): void {
  const parts = path.split('/');
  if (path.includes('\\') || parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new Error(`expected a path inside the run directory such as figures/fig1.svg, found ${path}`);
  }
  const records = [
    RUN_FILE,
    BLOCKS_FILE,
    SPECTRA_FILE,
    DISTANCES_FILE,
    METRICS_FILE,
    HASHES_FILE,
    UNITS_FILE,
  ];
  if (records.includes(path) || [LANCZOS_FOLDER, STATE_FOLDER, EXACT_FOLDER].includes(parts[0]!)) {
    throw new Error(`${path} is a record of the run; write it by the function made for it`);
  }
}

/** `2026-11-24T10-15-00-gpt-nano`: the time in UTC to the second, and what was measured. */
export function runName(subject: string, time: Date): string {
  const clock = time.toISOString().slice(0, 19).replaceAll(':', '-');
  const words = subject.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '');
  return words === '' ? clock : `${clock}-${words.slice(0, 80)}`;
}

/** Where runs go unless another place is named. */
export const RUNS_FOLDER = 'runs';
