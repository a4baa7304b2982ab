/** The process that computes. It holds sessions, residuals and Lanczos vectors; only progress leaves it. */
import { UserError } from '../../errors.ts';
import { runPlanJob } from './plan-job.ts';
import type { FromChild, JobEvent, ToChild } from './protocol.ts';
import { runSharedJob } from './shared-job.ts';
import { runSpectrumJob } from './spectrum-job.ts';
import { runTrainingJob } from './training-job.ts';
import { UnitServer } from './unit-server.ts';

let stopRequested = false;

process.on('message', (message: ToChild) => {
  if (message.type === 'stop') stopRequested = true;
  else void work(message);
});
// The terminal sends Ctrl-C to the whole group; the parent decides what it means.
process.on('SIGINT', () => {});
// Without a parent nobody waits for the result; what is done is saved.
process.on('disconnect', () => {
  stopRequested = true;
});

type Work = Exclude<ToChild, { type: 'stop' }>;

async function work(message: Work): Promise<void> {
  try {
    send(await resultOf(message));
  } catch (error) {
    const { message, stack = '' } = error as Error;
    send({ type: 'failed', isUserError: error instanceof UserError, message, stack });
  }
  // After a unit the next may follow, for which everything is open; whoever started this process ends it.
  if (message.type !== 'unit' && process.connected) process.disconnect();
}

async function resultOf(message: Work): Promise<FromChild> {
  if (message.type === 'unit') return { type: 'unit-ended', report: await performUnit(message) };
  if (message.type === 'plan') return { type: 'foreseen', forecast: await runPlanJob(message.request) };
  const emit = (event: JobEvent) => send({ type: 'event', event });
  const host = { emit, shouldStop };
  const outcome =
    message.type === 'train'
      ? await runTrainingJob(message.job, host)
      : message.job.sharing && message.job.request.ranges === 1
        ? await runSharedJob(message.job, message.job.sharing, host)
        : await runSpectrumJob(message.job, host);
  return { type: 'outcome', outcome };
}

let units: UnitServer | null = null;

function performUnit({ order, workbench, exchange, threads }: Extract<Work, { type: 'unit' }>) {
  units ??= new UnitServer(threads);
  // Whoever stopped the last unit wants this one performed.
  stopRequested = false;
  return units.perform(
    order,
    { workbench, exchange },
    {
      onProducts: (products) => send({ type: 'unit-products', products }),
      onNotice: (text) => send({ type: 'unit-notice', text }),
      shouldStop,
    },
  );
}

/** A product blocks this thread, so messages are read here, between products. */
async function shouldStop(): Promise<boolean> {
  await new Promise((resolve) => setImmediate(resolve));
  return stopRequested;
}

function send(message: FromChild): void {
  // A parent that was killed a moment ago still counts as connected; the write to it fails and `disconnect` follows.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}
