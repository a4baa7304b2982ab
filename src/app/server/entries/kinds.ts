/** By which file a folder tells what it holds. */
import { BLOCKS_FILE, RUN_FILE, SPECTRA_FILE } from '../../runs/layout.ts';

/** The page of `hesscope reproduce`, beside the folders of its figures. */
export const REPRODUCTION_PAGE = 'reproduction.html';
/** The record of one figure or table of a reproduction. */
export const REPRODUCTION_FILE = 'reproduction.json';
/** Of a training or of exact matrices: the record's fields tell which. */
export const STAGES_FILE = 'stages.json';

/** The files by which an entry is known, in the order in which they are looked for. */
export const RECORD_FILES = [
  RUN_FILE,
  REPRODUCTION_PAGE,
  'comparison.json',
  STAGES_FILE,
  'exact.json',
  'coupling.json',
  'quadratic.json',
  'theory.json',
  'figure.json',
] as const;

export type RecordFile = (typeof RECORD_FILES)[number];

/** Files that only a run has: where they stand without `run.json`, it was lost. */
const TRACES_OF_RUN = [BLOCKS_FILE, SPECTRA_FILE];

/** The pages that commands leave beside their records. */
const PAGES = ['report.html', 'theory.html', REPRODUCTION_PAGE];

/** The file that tells what a folder with these names holds; null where it holds no entry of its own. */
export function recordFileOf(names: readonly string[]): RecordFile | null {
  return RECORD_FILES.find((file) => names.includes(file)) ?? null;
}

/** Whether a folder with these names is an entry, be it a damaged one. */
export function isEntryFolder(names: readonly string[]): boolean {
  return recordFileOf(names) !== null || hasLostRecord(names);
}

/** Whether a run's record is missing from a folder with these names. */
export function hasLostRecord(names: readonly string[]): boolean {
  return !names.includes(RUN_FILE) && TRACES_OF_RUN.some((file) => names.includes(file));
}

/** Whether a folder with these names has a report page. */
export function hasPage(names: readonly string[]): boolean {
  return PAGES.some((page) => names.includes(page));
}
