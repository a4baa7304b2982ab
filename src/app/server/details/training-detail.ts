/** A training as the page shows it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { trainingFactsOf } from '../../report/training-facts.ts';
import { RUN_FILE } from '../../runs/layout.ts';
import { type MetricsRecord, readMetrics } from '../../runs/metrics.ts';
import { parseRecordText } from '../../runs/schema.ts';
import type { Metric, TrainingDetail } from '../contract/entries.ts';
import { metricColumns } from '../contract/metric-columns.ts';
import type { Entry } from '../entries/catalogue.ts';

/** @throws UserError when `run.json` is damaged; SyntaxError when a line of the metrics is. */
export async function trainingDetail({ folder, summary }: Entry): Promise<TrainingDetail> {
  const file = join(folder.path, RUN_FILE);
  const run = parseRecordText('run', await readFile(file, 'utf8'), file);
  const metrics = await readMetrics(folder.path);
  const steps = run.request.steps;
  return {
    summary,
    request: { ...run.request },
    facts: trainingFactsOf(run).map(([label, text]) => ({ label, text })),
    steps: typeof steps === 'number' ? steps : (metrics.at(-1)?.step ?? 0),
    initialValidationLoss: run.initial?.validationLoss ?? null,
    metrics: metricColumns(metrics.map(metricOf)),
    error: run.error,
  };
}

/** A line of `metrics.jsonl` with every field of the contract. */
export function metricOf(line: MetricsRecord): Metric {
  const { step, loss, gradientNorm, learningRate, elapsedMs, validationLoss, validationAccuracy } = line;
  return {
    step,
    loss,
    gradientNorm,
    learningRate,
    elapsedMs,
    validationLoss: validationLoss ?? null,
    validationAccuracy: validationAccuracy ?? null,
  };
}
