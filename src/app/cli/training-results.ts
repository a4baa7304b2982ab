/** What a finished training prints. */
import { formatDuration, formatNumber } from '../report/format.ts';
import { readRun } from '../runs/directory.ts';
import { readMetrics } from '../runs/metrics.ts';
import type { JobOutcome } from '../worker/protocol.ts';

/** The evaluations one a line, and where the run is. */
export async function trainingText(path: string): Promise<string> {
  const { run } = await readRun(path);
  const judged = (await readMetrics(path)).filter(({ validationLoss }) => validationLoss !== undefined);
  const lines = judged.map(({ step, loss, validationLoss, validationAccuracy }) => {
    const accuracy =
      validationAccuracy == null ? '' : `  accuracy ${(100 * validationAccuracy).toFixed(1)} %`;
    return `step ${String(step).padStart(6)}  loss ${formatNumber(loss)}  validation ${formatNumber(validationLoss ?? null)}${accuracy}`;
  });
  const end = run.error === 'diverged' ? 'diverged' : 'finished';
  return [
    `${run.model.name} on ${run.data.description}`,
    ...lines,
    `${end} after ${formatDuration(run.elapsedMs)}`,
    `Run: ${path}`,
  ].join('\n');
}

/** The same for programs, with all metrics. */
export async function trainingJson(path: string, status: JobOutcome['type']): Promise<string> {
  const { run } = await readRun(path);
  const { model, request, elapsedMs, error } = run;
  const hasDiverged = error === 'diverged';
  const metrics = await readMetrics(path);
  return JSON.stringify({ path, status, hasDiverged, model, request, elapsedMs, metrics }, null, 2);
}
