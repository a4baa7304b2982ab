/**
 * hesscope as a library.
 *
 *     import { spectrum } from 'hesscope';
 *     const run = await spectrum({ model: 'gpt-pico', probes: 4 });
 *     console.log(run.record.distances?.definitions.map((d) => [d.definition, d.js0.mean]));
 */
import { readRun } from './app/runs/directory.ts';
import type { RunRecord } from './app/runs/records.ts';
import { type RunningJob, startJob, startTrainingJob } from './app/worker/host.ts';
import type { JobEvent, RunPlaceOrResume } from './app/worker/protocol.ts';
import { parseSpectrumRequest, type SpectrumRequestInput } from './study/spectrum/request.ts';
import { parseTrainingRequest, type TrainingRequestInput } from './study/training/request.ts';

export { figuresOf, renderPng, renderReport } from './app/report/index.ts';
export { listRuns, readRun } from './app/runs/directory.ts';
export type * from './app/runs/records.ts';
export { verifyRun } from './app/runs/verify.ts';
export type { JobEvent } from './app/worker/protocol.ts';
export { UserError } from './errors.ts';
export * from './spectrum/index.ts';
export type { Progress } from './study/spectrum/measure.ts';
export {
  parseSpectrumRequest,
  type SpectrumRequest,
  type SpectrumRequestInput,
} from './study/spectrum/request.ts';

export {
  parseTrainingRequest,
  type TrainingRequest,
  type TrainingRequestInput,
} from './study/training/request.ts';

/** How a run is carried out. */
export interface RunOptions {
  /** Where the run goes; a new folder under `runs` by default. */
  readonly out?: string;
  /** Goes on with the run at this path instead; its request must be the one given. */
  readonly resume?: string;
  /** Whether figures, and of a measurement an HTML report, are written; true by default. */
  readonly report?: boolean;
  /** Told of progress. */
  readonly onEvent?: (event: JobEvent) => void;
  /** Stops the work after the current step when aborted; what is done is kept. */
  readonly signal?: AbortSignal;
}

/** A run on disk and what stands in it. */
export interface FinishedRun {
  readonly status: 'finished' | 'interrupted';
  readonly path: string;
  readonly record: RunRecord;
}

/**
 * Measures the spectra of a model's Hessian, whole and block by block, in a child process, and keeps them in a run
 * directory. The same as `hesscope spectrum`.
 *
 * @throws UserError for a request that is not valid or does not fit its data.
 */
export async function spectrum(
  request: SpectrumRequestInput,
  options: RunOptions = {},
): Promise<FinishedRun> {
  const { report = true, onEvent = () => {} } = options;
  const parsed = parseSpectrumRequest(request);
  return follow(startJob({ request: parsed, place: placeOf(options), report }, onEvent), options);
}

/**
 * Trains a model in a child process and keeps its metrics and checkpoints in a run directory. The same as
 * `hesscope train`.
 *
 * @throws UserError for a request that is not valid or does not fit its data.
 */
export async function train(request: TrainingRequestInput, options: RunOptions = {}): Promise<FinishedRun> {
  const { report = true, onEvent = () => {} } = options;
  const parsed = parseTrainingRequest(request);
  return follow(startTrainingJob({ request: parsed, place: placeOf(options), report }, onEvent), options);
}

function placeOf({ out, resume }: RunOptions): RunPlaceOrResume {
  if (resume !== undefined) return { resume };
  return out === undefined ? { parent: 'runs' } : { path: out };
}

async function follow(job: RunningJob, { signal }: RunOptions): Promise<FinishedRun> {
  const stop = () => job.stop();
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  try {
    const { type, path } = await job.outcome;
    return { status: type, path, record: await readRun(path) };
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
