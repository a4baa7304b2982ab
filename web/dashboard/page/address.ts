/** Addresses: every view has one, and what is chosen in a view stands in its query. */
import { useCallback, useMemo } from 'preact/hooks';
import { useLocation, useSearch } from 'wouter-preact';

/** An entry's id as part of a path: its parts encoded, its slashes kept so that an address can be read. */
function idPath(id: string): string {
  return id.split('/').map(encodeURIComponent).join('/');
}

/** The address of an entry's view. */
export function entryHref(id: string, query: Readonly<Record<string, string>> = {}): string {
  return `/runs/${idPath(id)}${queryText(new URLSearchParams(query))}`;
}

/** The address of the advice from a run. */
export function adviceHref(id: string): string {
  return `/advice/${idPath(id)}`;
}

/** The address of a comparison of entries. */
export function compareHref(ids: readonly string[]): string {
  return `/compare${queryText(new URLSearchParams(ids.map((id) => ['run', id])))}`;
}

function queryText(query: URLSearchParams): string {
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** What a view's query says, and how to change it; null takes a key out. */
export interface Query {
  readonly values: URLSearchParams;
  get(key: string): string | null;
  /** A list, which stands in the query as one key several times. */
  list(key: string): string[];
  change(changes: Readonly<Record<string, string | readonly string[] | null>>): void;
}

/** The query of the address that is shown; changes replace the address, so that the way back leads out of the view. */
export function useQuery(): Query {
  const search = useSearch();
  const [, navigate] = useLocation();
  const values = useMemo(() => new URLSearchParams(search), [search]);
  const change = useCallback<Query['change']>(
    (changes) => {
      // Not from `values`: two changes may follow one another before the view is drawn again.
      const next = new URLSearchParams(window.location.search);
      for (const [key, value] of Object.entries(changes)) {
        next.delete(key);
        for (const one of typeof value === 'string' ? [value] : (value ?? [])) next.append(key, one);
      }
      navigate(window.location.pathname + queryText(next), { replace: true });
    },
    [navigate],
  );
  return { values, get: (key) => values.get(key), list: (key) => values.getAll(key), change };
}

/** One of a few words in the query, the first where there is none or an unknown one. */
export function chosenWord<Word extends string>(
  query: Query,
  key: string,
  words: readonly [Word, ...Word[]],
): Word {
  const text = query.get(key);
  return words.find((word) => word === text) ?? words[0];
}
