/** `hesscope queue`: how a queue of units stands, and what it is to do. */
import { Command } from 'commander';
import { cancelUnits, pauseQueue, type QueueStatus, queueStatus, resumeQueue } from '../queue/administer.ts';

const EXAMPLES = `
Examples:
  $ hesscope queue status --queue redis://127.0.0.1:6379
  $ hesscope queue pause --queue redis://127.0.0.1:6379
      workers finish what they have and take nothing more until 'resume'
  $ hesscope queue cancel --run nano --queue redis://127.0.0.1:6379
      withdraws the units of that run that no worker has begun`;

const ADDRESS = ['--queue <address>', 'Redis or Valkey, such as redis://host:6379'] as const;

interface QueueOptions {
  readonly queue: string;
  readonly json?: boolean;
  readonly run?: string;
}

export function queueCommand(): Command {
  const command = new Command('queue')
    .summary('look at, pause or empty a queue of units of work')
    .description(
      'Looks at the units of work that `hesscope spectrum --queue` has ordered, and says what becomes of them.',
    )
    .addHelpText('after', EXAMPLES);
  command
    .command('status')
    .description('what waits, what is under way, what was set aside with which error')
    .requiredOption(...ADDRESS)
    .option('--json', 'print it as JSON and nothing else')
    .action(async ({ queue, json }: QueueOptions) => {
      const statuses = await queueStatus(queue);
      process.stdout.write(`${json ? JSON.stringify(statuses, null, 2) : statusText(statuses)}\n`);
    });
  command
    .command('pause')
    .description('workers finish what they have and wait')
    .requiredOption(...ADDRESS)
    .action(async ({ queue }: QueueOptions) => {
      await pauseQueue(queue);
      process.stdout.write('Workers finish what they have and take nothing more.\n');
    });
  command
    .command('resume')
    .description('workers go on')
    .requiredOption(...ADDRESS)
    .action(async ({ queue }: QueueOptions) => {
      await resumeQueue(queue);
      process.stdout.write('Workers go on.\n');
    });
  command
    .command('cancel')
    .description('withdraw units that no worker has begun')
    .requiredOption(...ADDRESS)
    .option('--run <name>', 'of this run alone, as its folder is called')
    .action(async ({ queue, run }: QueueOptions) => {
      const count = await cancelUnits(queue, run ?? null);
      process.stdout.write(`${count} units withdrawn; those under way end, and their results are kept.\n`);
    });
  return command;
}

function statusText(statuses: readonly QueueStatus[]): string {
  if (statuses.length === 0) return 'Nothing has been ordered here.';
  return statuses
    .flatMap(({ codeVersion, isPaused, workers, waiting, underWay, done, setAside }) => [
      `hesscope ${codeVersion}: ${workers} workers${isPaused ? ', paused' : ''}; ${waiting} units wait, ${underWay} under way, ${done} done, ${setAside.length} set aside`,
      ...setAside.map(
        ({ unit, run, attempts, message }) => `  ${unit} of ${run}, ${attempts} tries: ${message}`,
      ),
    ])
    .join('\n');
}
