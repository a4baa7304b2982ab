/** Calls that come too often are joined to the last of them. */
export interface Throttled {
  /** Carries the work out now, or once the time is over. */
  call(): void;
  /** Carries out what waits. */
  flush(): void;
}

/** @param work reads itself what is new, so that the last call is all that counts. */
export function throttled(intervalMs: number, work: () => void): Throttled {
  let timer: NodeJS.Timeout | null = null;
  let isDue = false;
  const act = () => {
    isDue = false;
    work();
    timer = setTimeout(() => {
      timer = null;
      if (isDue) act();
    }, intervalMs);
    timer.unref();
  };
  return {
    call: () => {
      if (timer) isDue = true;
      else act();
    },
    flush: () => {
      if (!isDue) return;
      isDue = false;
      work();
    },
  };
}
