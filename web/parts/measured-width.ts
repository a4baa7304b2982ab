/** The width that something has on the screen, so that what is drawn in it keeps the size of its letters. */
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** @param first the width that is taken until it is known, in pixels. */
export function useMeasuredWidth(first: number): readonly [RefObject<HTMLDivElement>, number] {
  const holder = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(first);
  useEffect(() => {
    const node = holder.current;
    if (!node) return;
    const observer = new ResizeObserver(() => setWidth(node.clientWidth || first));
    observer.observe(node);
    return () => observer.disconnect();
  }, [first]);
  return [holder, width];
}
