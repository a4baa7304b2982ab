/** The line of the list that stands for a run, from its records. */
import { curvatureTitle } from '../../../curvature/products/index.ts';
import type { RunFile } from '../../runs/records.ts';
import type { EntrySummary } from '../contract/entries.ts';

/** What is read of an entry's own files; the rest of its line is known from its place. */
export type RecordedSummary = Omit<EntrySummary, 'id' | 'tags' | 'hasReport'>;

/** @param js0 by the headline definition; null where there is none yet. */
export function runLine(run: RunFile, js0: EntrySummary['js0']): RecordedSummary {
  return {
    kind: run.kind === 'training' ? 'training' : 'spectrum',
    title: runTitle(run.kind, run.model.name, run.request),
    status: run.status,
    model: run.model.name,
    data: run.data.description,
    parameterCount: run.model.parameterCount,
    loss: run.loss,
    js0,
    createdAt: run.createdAt,
    updatedAt: run.updatedAt,
    elapsedMs: run.elapsedMs,
  };
}

/** What a run is called where people read it. */
export function runTitle(
  kind: RunFile['kind'],
  model: string,
  request: Readonly<Record<string, unknown>>,
): string {
  if (kind !== 'training') return `${model}, ${curvatureTitle(request.curvature)}`;
  const rate = typeof request.learningRate === 'number' ? `, learning rate ${request.learningRate}` : '';
  return `${model} by ${request.optimizer}${rate}`;
}
