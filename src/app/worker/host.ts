import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../errors.ts';
import type { FromChild, JobEvent, JobOutcome, SpectrumJob, ToChild } from './protocol.ts';

/** A job under way in a child process. */
export interface RunningJob {
  readonly outcome: Promise<JobOutcome>;
  /** Asks it to save everything and end after the current product. */
  stop(): void;
  /** Ends it at once; what was saved stays. */
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
const ALLOCATOR_SETTINGS = {
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
  const isSource = import.meta.url.endsWith('.ts');
  const child = fork(fileURLToPath(new URL(isSource ? './child.ts' : './child.js', import.meta.url)), {
    env: { ...process.env, ...ALLOCATOR_SETTINGS },
    execArgv: isSource ? ['--import', import.meta.resolve('tsx')] : [],
    serialization: 'advanced',
  });
  const outcome = new Promise<JobOutcome>((resolve, reject) => {
    let settled = false;
    const settle = (action: () => void) => {
      settled = true;
      action();
    };
    child.on('message', (message: FromChild) => {
      if (message.type === 'event') onEvent(message.event);
      else if (message.type === 'outcome') settle(() => resolve(message.outcome));
      else settle(() => reject(errorOf(message)));
    });
    child.on('error', (error) => settle(() => reject(error)));
    child.on('exit', (code, signal) => {
      if (settled) return;
      reject(
        new ProcessEndedError(
          `the computing process ended with ${signal ?? `code ${code}`} before its work was done; what was saved can be resumed`,
        ),
      );
    });
  });
  const send = (message: ToChild) => {
    if (child.connected) child.send(message);
  };
  send({ type: 'start', job });
  return { outcome, stop: () => send({ type: 'stop' }), kill: () => child.kill('SIGKILL') };
}

function errorOf({ isUserError, message, stack }: Extract<FromChild, { type: 'failed' }>): Error {
  if (isUserError) return new UserError(message);
  const error = new Error(message);
  error.stack = stack;
  return error;
}
