/** `hesscope worker`: takes units of work from a queue and performs them. */
import { join } from 'node:path';
import { Command } from 'commander';
import { UserError } from '../../errors.ts';
import { cacheFolder } from '../../network/catalogue/cache.ts';
import { startQueueWorker, type WorkerWatch } from '../queue/queue-worker.ts';
import { formatDuration } from '../report/format.ts';
import { FolderStore } from '../store/folder-store.ts';
import { UnitResults } from '../units/results.ts';
import { defaultThreads } from '../worker/environment.ts';

const EXAMPLES = `
Examples:
  $ hesscope worker --queue redis://127.0.0.1:6379
      takes units until Ctrl-C, one at a time, on all cores
  $ hesscope worker --queue redis://head-node:6379 --concurrency 4 --exit-when-idle 60
      four at a time, and ends when there has been nothing to do for a minute

A password is taken from HESSCOPE_QUEUE_PASSWORD (and HESSCOPE_QUEUE_USERNAME), certificates for rediss:// from HESSCOPE_QUEUE_CA.
Workers join and leave at any time. One that is killed keeps its unit until its lease is over; then another takes it.`;

/** How long a worker that has died keeps its unit, in seconds. */
const LEASE_S = 30;

export function workerCommand(): Command {
  return new Command('worker')
    .summary('perform units of work from a queue')
    .description(
      'Performs units of work that `hesscope spectrum --queue` has ordered, on this machine, until it is stopped.',
    )
    .requiredOption('--queue <address>', 'Redis or Valkey, such as redis://host:6379, or rediss:// for TLS')
    .option('--concurrency <count>', 'units at the same time, each by a process of its own', '1')
    .option('--threads <count>', 'threads of each process (default: its share of the cores)')
    .option('--cache <folder>', 'where results and units under way are kept (default: the cache of hesscope)')
    .option('--store <place>', 'where this machine reaches the store of the runs, if not where they say')
    .option('--lease <seconds>', 'how long a worker that has died keeps its unit', String(LEASE_S))
    .option('--exit-when-idle <seconds>', 'end when there has been nothing to do for so long')
    .addHelpText('after', EXAMPLES)
    .action(runWorker);
}

async function runWorker(options: Readonly<Record<string, string | undefined>>): Promise<void> {
  const concurrency = positive('--concurrency', options.concurrency ?? '1');
  const threads =
    options.threads === undefined ? defaultThreads(concurrency) : positive('--threads', options.threads);
  const folder = options.cache ?? join(cacheFolder(), 'units');
  const running = await startQueueWorker(
    {
      address: options.queue as string,
      concurrency,
      threads,
      workbench: join(folder, 'under-way'),
      files: join(folder, 'files'),
      results: new UnitResults(new FolderStore(folder)),
      store: options.store ?? null,
      leaseMs: 1000 * positive('--lease', options.lease ?? String(LEASE_S)),
      idleMs:
        options.exitWhenIdle === undefined ? null : 1000 * positive('--exit-when-idle', options.exitWhenIdle),
    },
    WATCH,
  );
  const say = (text: string) => process.stderr.write(`${text}\n`);
  say(
    `worker: ${concurrency} at a time, ${threads} ${threads === 1 ? 'thread' : 'threads'} each; Ctrl-C ends it`,
  );
  const stop = () => {
    say('worker: stopping; units under way go back to the queue');
    running.stop();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  await running.ended;
}

const WATCH: WorkerWatch = {
  onBegin: (unit) => process.stderr.write(`${unit}: begun\n`),
  onDone: (unit, elapsedMs) => process.stderr.write(`${unit}: done in ${formatDuration(elapsedMs)}\n`),
  onFailed: (unit, message) => process.stderr.write(`${unit}: failed: ${message}\n`),
  onNotice: (text) => process.stderr.write(`${text}\n`),
};

function positive(option: string, given: string): number {
  const count = Number(given);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new UserError(`'${option}': expected a whole number of at least 1, found '${given}'`);
}
