/** The lines of a training: those that were fetched, and those that have come since. */
import type { Metric } from '../../../../src/app/server/contract/entries.ts';

/** Lines that have come by events; `isWhole` where they are all there are. */
export interface FreshMetrics {
  readonly lines: readonly Metric[];
  readonly isWhole: boolean;
}

/** Each step once, the fresh line where there are two. */
export function joinedMetrics(
  fetched: readonly Metric[],
  fresh: FreshMetrics | undefined,
): readonly Metric[] {
  if (!fresh) return fetched;
  if (fresh.isWhole) return fresh.lines;
  const known = new Set(fresh.lines.map(({ step }) => step));
  return [...fetched.filter(({ step }) => !known.has(step)), ...fresh.lines].sort((a, b) => a.step - b.step);
}
