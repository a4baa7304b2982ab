/** Which entries a search shows, and in which order. */

import type { EntrySummary } from '../../../../src/app/server/contract/entries.ts';
import { ENTRY_SORTS, type EntrySort } from './entry-sorts.ts';

/** What the reader looks for. */
export interface EntrySearch {
  /** Words that must all stand somewhere in an entry's title, address, model, data or tags. */
  readonly text: string;
  readonly kind: string | null;
  readonly tag: string | null;
  readonly sort: EntrySort;
  readonly isReversed: boolean;
}

function textOf({ id, title, model, data, kind, status, tags }: EntrySummary): string {
  return [id, title, model, data, kind, status, ...tags].join(' ').toLowerCase();
}

/** The entries that a search finds, sorted. */
export function filterEntries(entries: readonly EntrySummary[], search: EntrySearch): EntrySummary[] {
  const words = search.text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = entries.filter((entry) => {
    if (search.kind !== null && entry.kind !== search.kind) return false;
    if (search.tag !== null && !entry.tags.includes(search.tag)) return false;
    const text = words.length > 0 ? textOf(entry) : '';
    return words.every((word) => text.includes(word));
  });
  const compare = ENTRY_SORTS[search.sort].compare;
  return found.sort((a, b) => (search.isReversed ? compare(b, a) : compare(a, b)));
}
