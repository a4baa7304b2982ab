/** What the server knows, kept up to date by its events: the entries, the jobs, the machine. */
import { computed, signal } from '@preact/signals';
import type { EntryList, EntrySummary, Metric } from '../../../src/app/server/contract/entries.ts';
import type { EventData, EventName } from '../../../src/app/server/contract/events.ts';
import type { Job, Machine } from '../../../src/app/server/contract/jobs.ts';
import { fetchEntries, fetchJobs } from './client.ts';

/** Readings of the machine that are kept: five minutes of one every two seconds. */
const MACHINE_READINGS = 150;

const entriesById = signal<ReadonlyMap<string, EntrySummary> | null>(null);

/** Newest first; null until the list has come. */
export const entries = computed(() =>
  entriesById.value === null
    ? null
    : [...entriesById.value.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt)),
);

/** Folders that look like a run and cannot be read. */
export const unreadable = signal<EntryList['unreadable']>([]);

/** Jobs of the server's process, newest first. */
export const jobs = signal<readonly Job[]>([]);

/** The last minutes of the machine, oldest first. */
export const machine = signal<readonly Machine[]>([]);

/** Lines of trainings that have come since the page was opened, by entry; `isWhole` where they are all there are. */
export const freshMetrics = signal<
  ReadonlyMap<string, { readonly lines: readonly Metric[]; readonly isWhole: boolean }>
>(new Map());

/** Whether events arrive; null before the first answer. */
export const isConnected = signal<boolean | null>(null);

/** Why there is no list of entries. */
export const listError = signal<string | null>(null);

/** How often each entry has changed since the page was opened. */
const changes = signal<ReadonlyMap<string, number>>(new Map());
/** How often the connection was lost and found again, after which anything may have changed. */
const reconnections = signal(0);

/** A text that is another one whenever an entry has changed, as far as the page knows: its detail is then fetched again. */
export function versionOf(id: string): string {
  return `${reconnections.value}.${changes.value.get(id) ?? 0}`;
}

/** Takes an entry as the server has answered it, without waiting for its event. */
export function rememberEntry(entry: EntrySummary): void {
  // Before the list has come there is nothing to keep up to date: it will hold the entry too.
  if (entriesById.value) entriesById.value = new Map(entriesById.value).set(entry.id, entry);
}

/** Takes entries out of the list that are gone. */
export function forgetEntries(ids: readonly string[]): void {
  if (!entriesById.value) return;
  const left = new Map(entriesById.value);
  for (const id of ids) left.delete(id);
  entriesById.value = left;
}

/** Takes a job as the server has answered it, without waiting for its event. */
export function rememberJob(job: Job): void {
  const others = jobs.value.filter(({ id }) => id !== job.id);
  jobs.value = [job, ...others].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}

function withMetrics({ entry, lines, isWhole }: EventData<'metrics'>): void {
  const before = isWhole ? null : freshMetrics.value.get(entry);
  freshMetrics.value = new Map(freshMetrics.value).set(entry, {
    lines: [...(before?.lines ?? []), ...lines],
    isWhole: isWhole || before?.isWhole === true,
  });
}

async function fetchLists(): Promise<void> {
  try {
    const [list, running] = await Promise.all([fetchEntries(), fetchJobs()]);
    entriesById.value = new Map(list.entries.map((entry) => [entry.id, entry]));
    unreadable.value = list.unreadable;
    jobs.value = running.jobs;
    listError.value = null;
  } catch (error) {
    listError.value = (error as Error).message;
  }
}

/**
 * Fetches the lists and follows the server's events from then on.
 *
 * @param delayMs until the lists are fetched: a view that shows neither comes sooner without them.
 */
export function connect(delayMs: number): void {
  const source = new EventSource('/api/events');
  const on = <Name extends EventName>(name: Name, take: (data: EventData<Name>) => void) =>
    source.addEventListener(name, (event) =>
      take(JSON.parse((event as MessageEvent<string>).data) as EventData<Name>),
    );
  on('entry', (entry) => {
    changes.value = new Map(changes.value).set(entry.id, (changes.value.get(entry.id) ?? 0) + 1);
    rememberEntry(entry);
  });
  on('removed', ({ id }) => forgetEntries([id]));
  on('job', rememberJob);
  on('metrics', withMetrics);
  on('machine', (reading) => {
    machine.value = [...machine.value, reading].slice(-MACHINE_READINGS);
  });
  source.addEventListener('open', () => {
    // Events may have been missed while there was no connection.
    if (isConnected.value === false) {
      reconnections.value += 1;
      void fetchLists();
    }
    isConnected.value = true;
  });
  source.addEventListener('error', () => {
    isConnected.value = false;
  });
  if (delayMs === 0) void fetchLists();
  else setTimeout(() => void fetchLists(), delayMs);
}
