/** The line of the list that stands for a run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { curvatureTitle } from '../../../curvature/products/index.ts';
import { DISTANCES_FILE, RUN_FILE } from '../../runs/layout.ts';
import type { RunFile } from '../../runs/records.ts';
import { parseRecordText } from '../../runs/schema.ts';
import type { EntrySummary } from '../contract/entries.ts';
import type { FoundFolder } from './discover.ts';
import { readHeadlineDistance } from './headline-distance.ts';

/** What is read of an entry's own files; the rest of its line is known from its place. */
export type RecordedSummary = Omit<EntrySummary, 'id' | 'tags' | 'hasReport'>;

/** @throws UserError when `run.json` is not what it should be; Error when `distances.json` is not. */
export function runSummary({ path, names }: FoundFolder): RecordedSummary {
  const file = join(path, RUN_FILE);
  const run = parseRecordText('run', readFileSync(file, 'utf8'), file);
  return {
    kind: run.kind === 'training' ? 'training' : 'spectrum',
    title: runTitle(run.kind, run.model.name, run.request),
    status: run.status,
    model: run.model.name,
    data: run.data.description,
    parameterCount: run.model.parameterCount,
    loss: run.loss,
    js0: names.includes(DISTANCES_FILE) ? readHeadlineDistance(join(path, DISTANCES_FILE)) : null,
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
