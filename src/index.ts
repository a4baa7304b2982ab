/**
 * hesscope as a library.
 *
 *     import { spectrum } from 'hesscope';
 *     const run = await spectrum({ model: 'gpt-pico', probes: 4 });
 *     console.log(run.record.distances?.definitions.map((d) => [d.definition, d.js0.mean]));
 */
import { readRun } from './app/runs/directory.ts';
import type { RunRecord } from './app/runs/records.ts';
import { type RunningJob, startJob } from './app/worker/host.ts';
import type { JobEvent } from './app/worker/protocol.ts';
import { parseSpectrumRequest, type SpectrumRequestInput } from './study/spectrum/request.ts';

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

export interface SpectrumOptions {
  /** Where the run goes; a new folder under `runs` by default. */
  readonly out?: string;
  /** Goes on with the run at this path instead; its request must be the one given. */
  readonly resume?: string;
  /** Whether figures and an HTML report are written; true by default. */
  readonly report?: boolean;
  /** Told of progress. */
  readonly onEvent?: (event: JobEvent) => void;
  /** Stops the work after the current product when aborted; what is done is kept. */
  readonly signal?: AbortSignal;
}

/** A run on disk and what stands in it. */
export interface SpectrumRun {
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
  options: SpectrumOptions = {},
): Promise<SpectrumRun> {
  const { out, resume, report = true, onEvent = () => {}, signal } = options;
  const place = resume !== undefined ? { resume } : out !== undefined ? { path: out } : { parent: 'runs' };
  const job: RunningJob = startJob({ request: parseSpectrumRequest(request), place, report }, onEvent);
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
