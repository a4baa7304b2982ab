import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../errors.ts';
import type { Forecast } from '../../study/spectrum/foresee.ts';
import type { SpectrumRequest } from '../../study/spectrum/request.ts';
import type { FromChild, JobEvent, JobOutcome, SpectrumJob, ToChild, TrainingJob } from './protocol.ts';

/** A job under way in a child process. */
export interface RunningJob {
  readonly outcome: Promise<JobOutcome>;
  /** Asks it to save everything and end after the current product. */
  stop(): void;
  /** Ends it at once; what was saved stays. */
  kill(): void;
}

/** A forecast under way in a child process. */
export interface RunningPlan {
  readonly forecast: Promise<Forecast>;
  /** Ends it at once; there is nothing to save. */
  kill(): void;
}

/** The computing process ended without having said how its work ended: it was killed, or it crashed. */
export class ProcessEndedError extends Error {
  override readonly name = 'ProcessEndedError';
}

/**
 * The runtime's memory comes and goes in large pieces: kept by the allocator and not mapped anew each time, it
 * is several times faster. These settings must be there when a process starts.
 */
export const ALLOCATOR_SETTINGS = {
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TRIM_THRESHOLD_: String(2 ** 34),
  MALLOC_ARENA_MAX: '1',
};

/**
 * Starts a job in a child process, so that progress, timers and Ctrl-C stay alive while it computes.
 * The outcome rejects with a UserError for mistakes of the user's, with a ProcessEndedError when the child was killed,
 * else with an Error that carries the child's stack.
 */
export function startJob(job: SpectrumJob, onEvent: (event: JobEvent) => void): RunningJob {
  return follow({ type: 'start', job }, onEvent);
}

/** Starts a training as `startJob` starts a measurement. */
export function startTrainingJob(job: TrainingJob, onEvent: (event: JobEvent) => void): RunningJob {
  return follow({ type: 'train', job }, onEvent);
}

function follow(
  work: Extract<ToChild, { type: 'start' | 'train' }>,
  onEvent: (event: JobEvent) => void,
): RunningJob {
  const { result, send, kill } = launch<JobOutcome>(work, (message, finish) => {
    if (message.type === 'event') onEvent(message.event);
    else if (message.type === 'outcome') finish(message.outcome);
  });
  return { outcome: result, stop: () => send({ type: 'stop' }), kill };
}

/** Foresees the work of a request in a child process; fails as `startJob` does. */
export function startPlan(request: SpectrumRequest): RunningPlan {
  const { result, kill } = launch<Forecast>({ type: 'plan', request }, (message, finish) => {
    if (message.type === 'foreseen') finish(message.forecast);
  });
  return { forecast: result, kill };
}

/** A computing process that waits for its work. */
export function forkChild(): ChildProcess {
  const isSource = import.meta.url.endsWith('.ts');
  return fork(fileURLToPath(new URL(isSource ? './child.ts' : './child.js', import.meta.url)), {
    env: { ...process.env, ...ALLOCATOR_SETTINGS },
    execArgv: isSource ? ['--import', import.meta.resolve('tsx')] : [],
    serialization: 'advanced',
  });
}

/** A child process under way, its result, and how to reach it. */
interface Launched<Result> {
  readonly result: Promise<Result>;
  send(message: ToChild): void;
  kill(): void;
}

/** @param take what becomes of the child's messages but for failures; `finish` settles the result. */
function launch<Result>(
  work: Exclude<ToChild, { type: 'stop' }>,
  take: (message: FromChild, finish: (result: Result) => void) => void,
): Launched<Result> {
  const child = forkChild();
  const result = new Promise<Result>((resolve, reject) => {
    // Only the first call settles the promise, so the end of the process says nothing after a result or a failure.
    child.on('message', (message: FromChild) => {
      if (message.type === 'failed') reject(errorOf(message));
      else take(message, resolve);
    });
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      reject(
        new ProcessEndedError(
          `the computing process ended with ${signal ?? `code ${code}`} before its work was done${work.type !== 'plan' ? '; what was saved can be resumed' : ''}`,
        ),
      ),
    );
  });
  const send = (message: ToChild) => {
    if (child.connected) child.send(message);
  };
  send(work);
  return { result, send, kill: () => child.kill('SIGKILL') };
}

/** What a child failed with. */
export function errorOf({ isUserError, message, stack }: Extract<FromChild, { type: 'failed' }>): Error {
  if (isUserError) return new UserError(message);
  const error = new Error(message);
  error.stack = stack;
  return error;
}
