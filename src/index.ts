/**
 * hesscope as a library.
 *
 *     import { spectrum } from 'hesscope';
 *     const run = await spectrum({ model: 'gpt-pico', probes: 4 });
 *     console.log(run.record.distances?.definitions.map((d) => [d.definition, d.js0.mean]));
 */
import { join } from 'node:path';
import { adviceOf } from './app/experiments/advice.ts';
import { type Comparison, runComparison } from './app/experiments/comparison.ts';
import { parallelOf } from './app/experiments/series.ts';
import { readRun } from './app/runs/directory.ts';
import { runName } from './app/runs/layout.ts';
import type { RunRecord } from './app/runs/records.ts';
import { type RunningJob, startJob, startTrainingJob } from './app/worker/host.ts';
import type { JobEvent, RunPlaceOrResume } from './app/worker/protocol.ts';
import type { Advice } from './study/advice/advice.ts';
import { parseSpectrumRequest, type SpectrumRequestInput } from './study/spectrum/request.ts';
import { type ComparisonRequestInput, parseComparisonRequest } from './study/training/comparison.ts';
import { parseTrainingRequest, type TrainingRequestInput } from './study/training/request.ts';

export type { Comparison } from './app/experiments/comparison.ts';
export { figuresOf, renderPng, renderReport } from './app/report/index.ts';
export { listRuns, readRun } from './app/runs/directory.ts';
export type * from './app/runs/records.ts';
export { verifyRun } from './app/runs/verify.ts';
export type { JobEvent } from './app/worker/protocol.ts';
export { UserError } from './errors.ts';
export * from './spectrum/index.ts';
export type { Advice } from './study/advice/advice.ts';
export type { Progress } from './study/spectrum/measure.ts';
export {
  parseSpectrumRequest,
  type SpectrumRequest,
  type SpectrumRequestInput,
} from './study/spectrum/request.ts';

export {
  type ComparisonRequest,
  type ComparisonRequestInput,
  parseComparisonRequest,
} from './study/training/comparison.ts';
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

/** A measurement with what it advises; null as long as it is not finished. */
export interface AdvisedRun extends FinishedRun {
  readonly advice: Advice | null;
}

/**
 * Measures the spectra of a model's blocks at initialisation and says whether SGD will do or Adam is needed. The same as
 * `hesscope advise`, but for its files.
 *
 * @throws UserError for a request that is not valid, does not fit its data, or measures fewer than three blocks.
 */
export async function advise(request: SpectrumRequestInput, options: RunOptions = {}): Promise<AdvisedRun> {
  const run = await spectrum(request, options);
  return { ...run, advice: run.status === 'finished' ? adviceOf(run.path, run.record) : null };
}

/** How a comparison is carried out. */
export interface CompareOptions {
  /** Where its trainings go; a new folder under `runs` by default. A folder with some of them goes on. */
  readonly out?: string;
  /** Trainings at once, each on its share of the cores; as many as there are cores by default. */
  readonly parallel?: number;
  /** Told of progress, as a line for people. */
  readonly onProgress?: (text: string) => void;
}

/**
 * Trains a model by several optimizers, each with every learning rate of its grid, and compares their best. The same as
 * `hesscope compare`. SIGINT stops it, and everything is kept.
 *
 * @returns null when it was stopped.
 * @throws UserError for a request that is not valid, does not fit its data, or differs from that of the folder.
 */
export async function compare(
  request: ComparisonRequestInput,
  {
    out = join('runs', runName('compare', new Date())),
    parallel,
    onProgress = () => {},
  }: CompareOptions = {},
): Promise<Comparison | null> {
  const parsed = parseComparisonRequest(request);
  return runComparison(out, parsed, { parallel: parallelOf(parallel), onProgress, onLegs: () => {} });
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
