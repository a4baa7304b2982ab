/** Something fetched for a view. */
import { useLayoutEffect, useState } from 'preact/hooks';

/** While something is fetched again, what was there before stays. */
export interface Resource<Value> {
  readonly value: Value | null;
  readonly error: string | null;
  readonly isLoading: boolean;
}

/**
 * Fetches something when the view is first drawn, and again whenever the key is another one.
 *
 * @param key names what is fetched; null fetches nothing.
 * @param subject names what it is about: while only the rest of the key changes, the old value stays to be seen.
 */
export function useResource<Value>(
  subject: string | null,
  key: string | null,
  load: () => Promise<Value>,
): Resource<Value> {
  const [state, setState] = useState<Resource<Value> & { subject: string | null }>({
    subject,
    value: null,
    error: null,
    isLoading: key !== null,
  });
  // The key stands for everything that `load` depends on. Before anything is painted: what has been asked for early is
  // there, and is drawn at once rather than after a first picture without it.
  useLayoutEffect(() => {
    if (key === null) return;
    let isWanted = true;
    setState((before) => ({
      subject,
      value: before.subject === subject ? before.value : null,
      error: null,
      isLoading: true,
    }));
    load().then(
      (value) => isWanted && setState({ subject, value, error: null, isLoading: false }),
      (error: Error) =>
        isWanted && setState({ subject, value: null, error: error.message, isLoading: false }),
    );
    return () => {
      isWanted = false;
    };
  }, [subject, key]);
  return state.subject === subject ? state : { value: null, error: null, isLoading: key !== null };
}
