/** All entries of the runs folder as they stand, and what has changed since they were last looked at. */
import { readdir } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { ApiError } from '../api-error.ts';
import type { EntryList, EntrySummary } from '../contract/entries.ts';
import { idOf, type RunsFolder } from '../runs-folder.ts';
import { type FoundFolder, findFolders } from './discover.ts';
import { recordFileOf } from './kinds.ts';
import { type SummaryOutcome, SummaryReader } from './summaries.ts';
import { Turns } from './turns.ts';

/** An entry that can be read. */
export interface Entry {
  readonly folder: FoundFolder;
  readonly summary: EntrySummary;
}

/** What is told of changes. */
export interface CatalogueListener {
  onEntry(summary: EntrySummary): void;
  onRemoved(id: string): void;
}

/** A list that is younger than this is given as it is: a page that opens asks several times. */
const FRESH_MS = 1000;

export class EntryCatalogue {
  readonly folder: RunsFolder;
  readonly #reader = new SummaryReader();
  #entries: ReadonlyMap<string, Entry> = new Map();
  #unreadable: EntryList['unreadable'] = [];
  #scan: Promise<void> | null = null;
  #nextScan: Promise<void> | null = null;
  #scannedAtMs = Number.NEGATIVE_INFINITY;
  #listener: CatalogueListener | null = null;

  constructor(folder: RunsFolder) {
    this.folder = folder;
  }

  /** Tells of every change from now on; there is one listener. */
  listen(listener: CatalogueListener): void {
    this.#listener = listener;
  }

  /** All entries, newest first, and the folders that cannot be read. */
  async list(): Promise<EntryList> {
    if (performance.now() - this.#scannedAtMs > FRESH_MS) await (this.#scan ?? this.refresh());
    return {
      entries: [...this.#entries.values()].map(({ summary }) => summary).sort(newestFirst),
      unreadable: this.#unreadable,
    };
  }

  /** Those that were there when they were last looked at. */
  get entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  /**
   * The entry of an address as it stands now. Only what was found below the runs folder has an address, so none leads
   * out of it.
   *
   * @throws ApiError when there is none, or it cannot be read.
   */
  async find(id: string): Promise<Entry> {
    const known = this.#entries.get(id);
    const entry = known ? await this.reread(known.folder) : null;
    if (entry) return entry;
    await this.refresh();
    const found = this.#entries.get(id);
    if (found) return found;
    const damaged = this.#unreadable.find((folder) => folder.id === id);
    if (damaged) throw new ApiError(409, `'${id}' cannot be read: ${damaged.reason}.`);
    throw new ApiError(
      404,
      `There is no entry '${id}' in the runs folder; it may have been deleted or moved.`,
    );
  }

  /** Reads one folder again and tells of what has changed; null when it is no readable entry any more. */
  async reread({ id, path }: FoundFolder): Promise<Entry | null> {
    const names = await readdir(path).catch(() => null);
    const recordFile = names && recordFileOf(names);
    if (!names || !recordFile) return null;
    const folder = { id, path, names, recordFile };
    const outcome = await this.#reader.read(folder);
    if ('reason' in outcome) return null;
    const entry = { folder, summary: outcome.summary };
    const before = this.#entries.get(id);
    this.#entries = new Map(this.#entries).set(id, entry);
    if (!isDeepStrictEqual(before?.summary, entry.summary)) this.#listener?.onEntry(entry.summary);
    return entry;
  }

  /** Looks through the whole folder as it is from now on, once however many ask for it at the same time. */
  refresh(): Promise<void> {
    if (!this.#scan) return this.#begin();
    // One that is under way may have passed over what was changed just before this call.
    this.#nextScan ??= this.#scan
      .catch(() => undefined)
      .then(() => {
        this.#nextScan = null;
        return this.#scan ?? this.#begin();
      });
    return this.#nextScan;
  }

  /** The address of a folder below the runs folder. */
  idOf(path: string): string {
    return idOf(this.folder, path);
  }

  #begin(): Promise<void> {
    this.#scan = this.#lookThrough().finally(() => {
      this.#scan = null;
    });
    return this.#scan;
  }

  async #lookThrough(): Promise<void> {
    const folders = await findFolders(this.folder);
    const turns = new Turns();
    const outcomes: SummaryOutcome[] = [];
    for (const folder of folders) {
      outcomes.push(await this.#reader.read(folder));
      await turns.give();
    }
    this.#reader.keepOnly(new Set(folders.map(({ path }) => path)));
    const { entries, unreadable } = sortOut(folders, outcomes);
    const before = this.#hasLooked ? this.#entries : null;
    this.#entries = entries;
    this.#unreadable = unreadable;
    this.#scannedAtMs = performance.now();
    // What was there from the beginning is no news.
    if (before) this.#tell(before);
  }

  get #hasLooked(): boolean {
    return Number.isFinite(this.#scannedAtMs);
  }

  #tell(before: ReadonlyMap<string, Entry>): void {
    if (!this.#listener) return;
    for (const id of before.keys()) if (!this.#entries.has(id)) this.#listener.onRemoved(id);
    for (const [id, { summary }] of this.#entries)
      if (!isDeepStrictEqual(before.get(id)?.summary, summary)) this.#listener.onEntry(summary);
  }
}

function sortOut(folders: readonly FoundFolder[], outcomes: readonly SummaryOutcome[]) {
  const entries = new Map<string, Entry>();
  const unreadable: EntryList['unreadable'] = [];
  for (const [index, folder] of folders.entries()) {
    const outcome = outcomes[index] as SummaryOutcome;
    if ('reason' in outcome) unreadable.push({ id: folder.id, reason: outcome.reason });
    else entries.set(folder.id, { folder, summary: outcome.summary });
  }
  return { entries, unreadable };
}

/** Times in ISO 8601 stand in the order of their letters. */
function newestFirst(a: EntrySummary, b: EntrySummary): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  return a.id < b.id ? -1 : 1;
}
