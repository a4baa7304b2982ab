/** Columns by which entries are sorted. */
import type { EntrySummary } from '../../../../src/app/server/contract/entries.ts';

type Compare = (a: EntrySummary, b: EntrySummary) => number;

/** What is missing comes last when sorted upwards. */
function byNumber(of: (entry: EntrySummary) => number | null): Compare {
  return (a, b) => (of(a) ?? Infinity) - (of(b) ?? Infinity) || 0;
}

function byText(of: (entry: EntrySummary) => string | null): Compare {
  return (a, b) => (of(a) ?? '').localeCompare(of(b) ?? '', 'en', { numeric: true });
}

export const ENTRY_SORTS = {
  started: { heading: 'started', compare: byText(({ createdAt }) => createdAt) },
  title: { heading: 'run', compare: byText(({ title }) => title) },
  kind: { heading: 'kind', compare: byText(({ kind }) => kind) },
  state: { heading: 'state', compare: byText(({ status }) => status) },
  model: { heading: 'model', compare: byText(({ model }) => model) },
  data: { heading: 'data', compare: byText(({ data }) => data) },
  js0: { heading: 'JS0, nats', compare: byNumber(({ js0 }) => js0?.mean ?? null) },
  time: { heading: 'time', compare: byNumber(({ elapsedMs }) => elapsedMs) },
} as const satisfies Readonly<Record<string, { readonly heading: string; readonly compare: Compare }>>;

export type EntrySort = keyof typeof ENTRY_SORTS;

export function isEntrySort(text: string | null): text is EntrySort {
  return text !== null && text in ENTRY_SORTS;
}
