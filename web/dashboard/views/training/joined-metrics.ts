/** The lines of a training: those that were fetched, and those that have come since. */
import type { Metric, MetricColumns } from '../../../../src/app/server/contract/entries.ts';
import { metricAt, metricColumns } from '../../../../src/app/server/contract/metric-columns.ts';

/** Lines that have come by events; `isWhole` where they are all there are. */
export interface FreshMetrics {
  readonly lines: readonly Metric[];
  readonly isWhole: boolean;
}

/** Each step once, in their order; the fresh line where there are two. */
export function joinedMetrics(fetched: MetricColumns, fresh: FreshMetrics | undefined): MetricColumns {
  if (!fresh) return fetched;
  if (fresh.isWhole) return metricColumns(fresh.lines);
  const known = new Set(fresh.lines.map(({ step }) => step));
  const old = fetched.step.flatMap((step, place) => (known.has(step) ? [] : [metricAt(fetched, place)]));
  return metricColumns([...old, ...fresh.lines].sort((a, b) => a.step - b.step));
}
