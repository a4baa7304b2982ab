/** The record of a run before its first product. */
import { type BlockRecord, RUN_FORMAT_VERSION, type RunFile } from './records.ts';

/** What is known of a run before its first product. */
export type RunStart = Pick<RunFile, 'kind' | 'request' | 'model' | 'data' | 'environment'> & {
  readonly blocks: readonly BlockRecord[];
};

/** `run.json` of a run that has just begun. */
export function startedRun(name: string, { blocks: _, ...known }: RunStart, now: Date): RunFile {
  return {
    version: RUN_FORMAT_VERSION,
    name,
    status: 'running',
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
    ...known,
    loss: null,
    selfCheck: null,
    plan: null,
    elapsedMs: 0,
    products: 0,
    error: null,
  };
}
