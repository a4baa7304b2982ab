/** Addresses: every view has one, and what is chosen in a view stands in its query. */
import { useCallback, useMemo } from 'preact/hooks';
import { useLocation, useSearch } from 'wouter-preact';

/** What stands before the id in the addresses of entries, and of the advice from them. */
export const ENTRY_ROUTE = '/runs/';
export const ADVICE_ROUTE = '/advice/';

/** An entry's id as part of a path: its parts encoded, its slashes kept so that an address can be read. */
function idPath(id: string): string {
  return id.split('/').map(encodeURIComponent).join('/');
}

/** The id in the address that is shown, after the parts before it. */
export function shownId(before: string): string {
  return window.location.pathname.slice(before.length).split('/').map(decodedPart).join('/');
}

/** A part that somebody has typed may be no encoding; then it is what it says. */
function decodedPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of an entry's view. */
export function entryHref(id: string, query: Readonly<Record<string, string>> = {}): string {
  return `${ENTRY_ROUTE}${idPath(id)}${queryText(new URLSearchParams(query))}`;
}

/** The address of the advice from a run. */
export function adviceHref(id: string): string {
  return `${ADVICE_ROUTE}${idPath(id)}`;
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
  // The router's text is decoded once already; the address itself is not.
  const values = useMemo(() => new URLSearchParams(window.location.search), [search]);
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
