/** Entries as rows of a table; on a narrow screen each becomes a few lines. */
import { Link } from 'wouter-preact';
import { formatDuration } from '../../../../src/app/report/format.ts';
import type { EntrySummary } from '../../../../src/app/server/contract/entries.ts';
import { entryHref } from '../../../page/address.ts';
import { Js0, KIND_WORDS, Status, timeWords } from '../../../parts/words.tsx';
import { ENTRY_SORTS, type EntrySort } from './entry-sorts.ts';
import type { EntrySearch } from './filter-entries.ts';

export interface EntryTableProps {
  readonly rows: readonly EntrySummary[];
  readonly search: EntrySearch;
  /** Ids of the entries that are ticked for a comparison. */
  readonly chosen: readonly string[];
  readonly onSort: (sort: EntrySort, order: 'up' | 'down') => void;
  readonly onChoose: (ids: readonly string[]) => void;
  readonly onDelete: (entry: EntrySummary) => void;
  readonly onTag: (entry: EntrySummary) => void;
}

const COLUMNS: readonly EntrySort[] = ['title', 'kind', 'state', 'model', 'data', 'js0', 'time', 'started'];
const NUMERIC: readonly EntrySort[] = ['js0', 'time', 'started'];

export function EntryTable({ rows, search, chosen, onSort, onChoose, onDelete, onTag }: EntryTableProps) {
  const toggle = (id: string) =>
    onChoose(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  return (
    <table class="entries">
      <thead>
        <tr>
          <th>
            <span class="unseen">compare</span>
          </th>
          {COLUMNS.map((column) => (
            <SortHeading key={column} column={column} search={search} onSort={onSort} />
          ))}
          <th>
            <span class="unseen">actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((entry) => (
          <EntryRow
            key={entry.id}
            entry={entry}
            isChosen={chosen.includes(entry.id)}
            onToggle={toggle}
            onDelete={onDelete}
            onTag={onTag}
          />
        ))}
      </tbody>
    </table>
  );
}

function SortHeading({
  column,
  search,
  onSort,
}: { readonly column: EntrySort } & Pick<EntryTableProps, 'search' | 'onSort'>) {
  const isSorted = search.sort === column;
  const order = isSorted && !search.isReversed ? 'down' : 'up';
  return (
    <th
      class={NUMERIC.includes(column) ? 'number' : ''}
      aria-sort={isSorted ? (search.isReversed ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" onClick={() => onSort(column, order)}>
        {ENTRY_SORTS[column].heading}
      </button>
    </th>
  );
}

interface EntryRowProps {
  readonly entry: EntrySummary;
  readonly isChosen: boolean;
  readonly onToggle: (id: string) => void;
  readonly onDelete: (entry: EntrySummary) => void;
  readonly onTag: (entry: EntrySummary) => void;
}

function EntryRow({ entry, isChosen, onToggle, onDelete, onTag }: EntryRowProps) {
  const { id, title, kind, status, model, data, elapsedMs, createdAt, tags } = entry;
  return (
    <tr class={isChosen ? 'is-chosen' : ''}>
      <td class="cell-tick">
        <input
          type="checkbox"
          aria-label={`Compare ${title}`}
          checked={isChosen}
          onChange={() => onToggle(id)}
        />
      </td>
      <td class="cell-title">
        <Link href={entryHref(id)}>{title}</Link>
        {title !== id && (
          <span class="entry-id" title={id}>
            {id}
          </span>
        )}
        {tags.map((tag) => (
          <span key={tag} class="tag">
            {tag}
          </span>
        ))}
      </td>
      <td class="cell-kind">{KIND_WORDS[kind]}</td>
      <td class="cell-state">
        <Status status={status} />
      </td>
      <td class="cell-model">{model ?? '–'}</td>
      <td class="cell-data" title={data ?? undefined}>
        {data ?? '–'}
      </td>
      <td class="number cell-js0" data-heading="JS0">
        <Js0 js0={entry.js0} />
      </td>
      <td class="number cell-time" data-heading="time">
        {elapsedMs === null ? '–' : formatDuration(elapsedMs)}
      </td>
      <td class="number cell-started">{timeWords(createdAt)}</td>
      <td class="cell-actions">
        <button type="button" class="quiet" aria-label={`Tags of ${title}`} onClick={() => onTag(entry)}>
          tags
        </button>
        <button type="button" class="quiet" aria-label={`Delete ${title}`} onClick={() => onDelete(entry)}>
          delete
        </button>
      </td>
    </tr>
  );
}
