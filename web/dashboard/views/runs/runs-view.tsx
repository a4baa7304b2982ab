/** All entries: searched, tagged, compared, deleted. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { EntrySummary } from '../../../../src/app/server/contract/entries.ts';
import { compareHref, type Query, useQuery } from '../../../page/address.ts';
import { usePageTitle } from '../../../page/page-title.ts';
import { WordList } from '../../../parts/choices.tsx';
import { KIND_WORDS, Waiting } from '../../../parts/words.tsx';
import { entries, listError, unreadable } from '../../api/live.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { isEntrySort } from './entry-sorts.ts';
import { EntryTable } from './entry-table.tsx';
import { type EntrySearch, filterEntries } from './filter-entries.ts';
import { TagDialog } from './tag-dialog.tsx';

/** Rows drawn at first, and more whenever the last of them comes into sight. */
const ROWS_AT_ONCE = 60;

function searchOf(query: Query): EntrySearch {
  const sort = query.get('sort');
  return {
    text: query.get('q') ?? '',
    kind: query.get('kind'),
    tag: query.get('tag'),
    sort: isEntrySort(sort) ? sort : 'started',
    // Newest first unless the address says otherwise.
    isReversed: (query.get('order') ?? (isEntrySort(sort) ? 'up' : 'down')) === 'down',
  };
}

export function RunsView() {
  usePageTitle('Runs');
  const query = useQuery();
  const chosen = useSignal<readonly string[]>([]);
  const toDelete = useSignal<EntrySummary | null>(null);
  const toTag = useSignal<EntrySummary | null>(null);
  const search = searchOf(query);
  const all = entries.value;
  if (all === null)
    return (
      <section class="view">
        <h1>Runs</h1>
        <Waiting error={listError.value} what="the runs" />
      </section>
    );
  const found = filterEntries(all, search);
  const tags = [...new Set(all.flatMap((entry) => entry.tags))].sort();
  const kinds = Object.keys(KIND_WORDS).filter((kind) => all.some((entry) => entry.kind === kind));
  return (
    <section class="view">
      <div class="view-head">
        <h1>Runs</h1>
        <p class="muted">
          {found.length === all.length ? `${all.length}` : `${found.length} of ${all.length}`} in the runs
          folder
        </p>
      </div>
      <search class="controls">
        <label class="field grow">
          <span>Search</span>
          <input
            type="search"
            value={search.text}
            placeholder="name, model, data, tag"
            onInput={(event) => query.change({ q: event.currentTarget.value || null })}
          />
        </label>
        <WordList
          label="Kind"
          words={['all', ...kinds]}
          chosen={search.kind ?? 'all'}
          textOf={(word) => (word === 'all' ? 'all kinds' : KIND_WORDS[word as EntrySummary['kind']])}
          onChoose={(word) => query.change({ kind: word === 'all' ? null : word })}
        />
        {tags.length > 0 && (
          <WordList
            label="Tag"
            words={['', ...tags]}
            chosen={search.tag ?? ''}
            textOf={(word) => word || 'any'}
            onChoose={(word) => query.change({ tag: word || null })}
          />
        )}
        <CompareLink chosen={chosen.value} />
      </search>
      <GrowingTable
        found={found}
        search={search}
        chosen={chosen.value}
        onSort={(sort, order) => query.change({ sort, order })}
        onChoose={(ids) => {
          chosen.value = ids;
        }}
        onDelete={(entry) => {
          toDelete.value = entry;
        }}
        onTag={(entry) => {
          toTag.value = entry;
        }}
      />
      {all.length === 0 && (
        <p class="empty">
          The runs folder is empty. <Link href="/new">Start a run</Link>, or use{' '}
          <code>hesscope spectrum --model mlp</code>.
        </p>
      )}
      {all.length > 0 && found.length === 0 && <p class="empty">No run fits this search.</p>}
      <Unreadable />
      {toDelete.value && (
        <DeleteDialog
          entry={toDelete.value}
          onClose={() => {
            toDelete.value = null;
          }}
        />
      )}
      {toTag.value && (
        <TagDialog
          entry={toTag.value}
          known={tags}
          onClose={() => {
            toTag.value = null;
          }}
        />
      )}
    </section>
  );
}

function CompareLink({ chosen }: { readonly chosen: readonly string[] }) {
  if (chosen.length < 2)
    return <span class="muted compare-hint">Tick two or more runs to compare them.</span>;
  return (
    <Link class="button" href={compareHref(chosen)}>
      Compare {chosen.length} runs
    </Link>
  );
}

type TableProps = Omit<Parameters<typeof EntryTable>[0], 'rows'> & {
  readonly found: readonly EntrySummary[];
};

function GrowingTable({ found, ...rest }: TableProps) {
  const shown = useSignal(ROWS_AT_ONCE);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (seen) => {
        if (seen.some(({ isIntersecting }) => isIntersecting)) shown.value += ROWS_AT_ONCE;
      },
      { rootMargin: '600px' },
    );
    observer.observe(end.current as HTMLDivElement);
    return () => observer.disconnect();
    // Anew whenever more is shown: an end that stays in sight tells nothing by itself.
  }, [shown.value]);
  return (
    <>
      <EntryTable rows={found.slice(0, shown.value)} {...rest} />
      <div ref={end} />
    </>
  );
}

function Unreadable() {
  if (unreadable.value.length === 0) return null;
  return (
    <details class="unreadable">
      <summary>{unreadable.value.length} folders look like runs and cannot be read</summary>
      <ul>
        {unreadable.value.map(({ id, reason }) => (
          <li key={id}>
            <code>{id}</code>: {reason}
          </li>
        ))}
      </ul>
    </details>
  );
}
