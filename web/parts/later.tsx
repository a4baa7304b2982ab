/** What is far down a view, drawn when what stands above it is on the screen. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** Long enough for a fetched picture to come before it, short enough not to be noticed. */
const PATIENCE_MS = 300;

export function Later({ children }: { readonly children: ComponentChildren }) {
  const [isDue, setIsDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsDue(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return isDue ? children : null;
}
