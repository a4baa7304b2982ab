/** Lines of a training as the columns that they travel in. */
import type { Metric, MetricColumns } from './entries.ts';

/** A number a line in each column. */
export function metricColumns(lines: readonly Metric[]): MetricColumns {
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

/** The line at a place of all columns. */
export function metricAt(columns: MetricColumns, place: number): Metric {
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
