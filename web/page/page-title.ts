/** What the browser calls a view: in its tabs, its history and its bookmarks. */
import { useEffect } from 'preact/hooks';

/** @param title of the view; null while it is not known. */
export function usePageTitle(title: string | null): void {
  useEffect(() => {
    document.title = title === null ? 'hesscope' : `${title} · hesscope`;
  }, [title]);
}
