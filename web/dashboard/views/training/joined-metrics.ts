/** The lines of a training: those that were fetched, and those that have come since. */
import type { Metric, MetricColumns } from '../../../../src/app/server/contract/entries.ts';

/** Lines that have come by events; `isWhole` where they are all there are. */
export interface FreshMetrics {
  readonly lines: readonly Metric[];
  readonly isWhole: boolean;
}

/** Each step once, in their order; the fresh line where there are two. */
export function joinedMetrics(fetched: MetricColumns, fresh: FreshMetrics | undefined): MetricColumns {
  if (!fresh) return fetched;
  if (fresh.isWhole) return columnsOf(fresh.lines);
  const known = new Set(fresh.lines.map(({ step }) => step));
  const old = fetched.step.flatMap((step, place) => (known.has(step) ? [] : [lineAt(fetched, place)]));
  return columnsOf([...old, ...fresh.lines].sort((a, b) => a.step - b.step));
}

function columnsOf(lines: readonly Metric[]): MetricColumns {
  const column = <Name extends keyof Metric>(name: Name) => lines.map((line) => line[name]);
  return {
    step: column('step'),
    loss: column('loss'),
    gradientNorm: column('gradientNorm'),
    learningRate: column('learningRate'),
    elapsedMs: column('elapsedMs'),
    validationLoss: column('validationLoss'),
    validationAccuracy: column('validationAccuracy'),
  };
}

function lineAt(columns: MetricColumns, place: number): Metric {
  return {
    step: columns.step[place] as number,
    loss: columns.loss[place] as number,
    gradientNorm: columns.gradientNorm[place] as number,
    learningRate: columns.learningRate[place] as number,
    elapsedMs: columns.elapsedMs[place] as number,
    validationLoss: columns.validationLoss[place] ?? null,
    validationAccuracy: columns.validationAccuracy[place] ?? null,
  };
}
