/** Lines of the list, read once for each state of a folder's files. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DISTANCES_FILE, LANCZOS_FOLDER, RUN_FILE, TAGS_FILE } from '../../runs/layout.ts';
import { isHeld } from '../../runs/lock.ts';
import { readTags } from '../../runs/tags.ts';
import type { EntrySummary } from '../contract/entries.ts';
import { reasonOf } from '../reasons.ts';
import type { FoundFolder } from './discover.ts';
import { fileStamp } from './file-stamps.ts';
import { hasPage } from './kinds.ts';
import { recordSummary } from './record-summary.ts';
import type { RecordedSummary } from './run-line.ts';
import { runSummary } from './run-summary.ts';

/** What became of reading a folder. */
export type SummaryOutcome = { readonly summary: EntrySummary } | { readonly reason: string };

/** What the files of a folder say, whatever process is at work there. */
type Recorded = (RecordedSummary & Pick<EntrySummary, 'tags'>) | { readonly reason: string };

interface Known {
  readonly stamp: string;
  readonly recorded: Recorded;
}

/** Reads summaries and keeps them for as long as the files that they were read from stay as they are. */
export class SummaryReader {
  readonly #known = new Map<string, Known>();

  /** The line of a folder, or why there is none; never throws for what stands in its files. */
  async read(folder: FoundFolder): Promise<SummaryOutcome> {
    const recorded = await this.#recorded(folder);
    if ('reason' in recorded) return recorded;
    const hasReport = hasPage(folder.names);
    const summary = { ...recorded, id: folder.id, hasReport };
    if (recorded.status !== 'running') return { summary };
    if (!(await isHeld(folder.names))) return { summary: { ...summary, status: 'interrupted' } };
    return { summary: { ...summary, updatedAt: newestSave(folder.path, recorded.updatedAt) } };
  }

  /** Forgets all folders but these. */
  keepOnly(paths: ReadonlySet<string>): void {
    for (const path of this.#known.keys()) if (!paths.has(path)) this.#known.delete(path);
  }

  async #recorded(folder: FoundFolder): Promise<Recorded> {
    const stamp = stampOf(folder);
    const known = this.#known.get(folder.path);
    if (known?.stamp === stamp) return known.recorded;
    const recorded = await readRecorded(folder);
    // A file written twice within a tick of the file system's clock would not be told apart.
    if (!isFresh(stamp)) this.#known.set(folder.path, { stamp, recorded });
    return recorded;
  }
}

/** When coefficients were saved last, if that is later: a block may take an hour, and `run.json` waits for its end. */
function newestSave(path: string, updatedAt: string): string {
  const blocks = join(path, LANCZOS_FOLDER);
  const folders = existsSync(blocks) ? readdirSync(blocks) : [];
  const times = folders.map((name) => statSync(join(blocks, name), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return new Date(Math.max(Date.parse(updatedAt), ...times)).toISOString();
}

async function readRecorded(folder: FoundFolder): Promise<Recorded> {
  const { recordFile, names, path } = folder;
  if (recordFile === null) return { reason: `${RUN_FILE} is missing; restore it, or delete the folder` };
  try {
    const recorded = recordFile === RUN_FILE ? runSummary(folder) : await recordSummary(folder, recordFile);
    return { ...recorded, tags: names.includes(TAGS_FILE) ? await readTags(path) : [] };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** Clocks of file systems tick every few milliseconds; those of old ones every two seconds. */
const TICK_MS = 100;

/** What changes whenever one of the files that a summary is read from does; its end is the time of the last change. */
function stampOf({ path, names, recordFile }: FoundFolder): string {
  const files = [recordFile, DISTANCES_FILE, TAGS_FILE].filter(
    (file) => file !== null && names.includes(file),
  );
  const stats = files.map((file) => statSync(join(path, file as string), { throwIfNoEntry: false }));
  const marks = stats.map((file) => (file ? fileStamp(file) : 'gone'));
  const changedMs = Math.max(0, ...stats.map((file) => file?.mtimeMs ?? 0));
  return `${marks.join(' ')}@${changedMs}`;
}

function isFresh(stamp: string): boolean {
  return Date.now() - Number(stamp.slice(stamp.lastIndexOf('@') + 1)) < TICK_MS;
}
