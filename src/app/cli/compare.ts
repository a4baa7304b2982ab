/** `hesscope compare`: SGD against Adam, each at its best learning rate under the same budget. */
import { mkdir, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import ora from 'ora';
import { UserError } from '../../errors.ts';
import { differingChoices } from '../../study/request-differences.ts';
import {
  type ComparisonRequest,
  type GridPoint,
  type GridResult,
  gapOf,
  gridOf,
  judge,
  type OptimizerVerdict,
  parseComparisonRequest,
} from '../../study/training/comparison.ts';
import { formatDuration, formatNumber } from '../report/format.ts';
import { comparisonTableText, curveOf, renderPng, trainingFigure } from '../report/index.ts';
import { readRun } from '../runs/directory.ts';
import { RUN_FILE, runName } from '../runs/layout.ts';
import { readMetrics } from '../runs/metrics.ts';
import { writeAside, writeJson } from '../runs/write.ts';
import { ProcessEndedError, type RunningJob, startTrainingJob } from '../worker/host.ts';
import { INTERRUPTED_EXIT_CODE } from './exit.ts';
import { RUNS_FOLDER } from './spectrum.ts';
import { addComparisonOptions, comparisonInput } from './training-options.ts';

const EXAMPLES = `
Examples:
  $ hesscope compare --model mlp --batch 128 --steps 200
      SGD and AdamW, six learning rates each, on the embedded digits
  $ hesscope compare --model gpt-pico --optimizers sgd,adam-mini,adamw --rates 0.001,0.01,0.1 --out runs/race
  $ hesscope compare --out runs/race --model gpt-pico --optimizers sgd,adam-mini,adamw --rates 0.001,0.01,0.1
      the same again goes on with what is not done yet`;

export function compareCommand(): Command {
  const command = new Command('compare')
    .summary('train by several optimizers under an equal budget, and tell how far SGD is behind')
    .description(
      'Trains a model by each optimizer with each learning rate, the same steps, batches and seed, and compares the best. The gap is the difference of the losses on data held back, after the last step.',
    );
  return addComparisonOptions(command)
    .option('-o, --out <folder>', `where the trainings go (default: ${RUNS_FOLDER}/<time>-compare)`)
    .option('--parallel <count>', 'trainings at once, each on its share of the cores (default: all cores)')
    .option('--json', 'print the result as JSON and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(runCompare);
}

/** What a comparison found. */
interface Comparison {
  readonly path: string;
  readonly request: ComparisonRequest;
  readonly points: readonly GridResult[];
  readonly verdicts: readonly OptimizerVerdict[];
  /** Final loss of SGD's best less that of AdamW's best, in nats; null where one of them is missing. */
  readonly gap: number | null;
}

async function runCompare(options: Readonly<Record<string, unknown>>): Promise<void> {
  const request = parseComparisonRequest(await comparisonInput(options));
  const path = (options.out as string | undefined) ?? join(RUNS_FOLDER, runName('compare', new Date()));
  const parallel = parallelOf(options.parallel);
  const threads = request.threads ?? Math.max(1, Math.floor(availableParallelism() / parallel));
  const points = gridOf({ ...request, threads });
  await mkdir(path, { recursive: true });
  const isDone = await trainAll(path, points, parallel, options.json === true);
  if (!isDone) {
    process.stderr.write(`What is done is in ${path}. The same command with --out ${path} goes on.\n`);
    process.exitCode = INTERRUPTED_EXIT_CODE;
    return;
  }
  const comparison = await conclude(path, request, points);
  await writeJson(join(path, 'comparison.json'), comparison);
  await drawBest(comparison);
  process.stdout.write(
    options.json === true ? `${JSON.stringify(comparison, null, 2)}\n` : comparisonText(comparison),
  );
}

/** @throws UserError when it is not a whole number of at least 1. */
function parallelOf(given: unknown): number {
  if (given === undefined) return availableParallelism();
  const count = Number(given);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new UserError(`'--parallel': expected a whole number of at least 1, found '${given}'`);
}

/** Trains every point that is not done yet. @returns false when it was interrupted. */
async function trainAll(
  path: string,
  points: readonly GridPoint[],
  parallel: number,
  silent: boolean,
): Promise<boolean> {
  const running = new Set<RunningJob>();
  let isStopped = false;
  const stop = () => {
    for (const job of running) (isStopped ? job.kill : job.stop)();
    isStopped = true;
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const spinner = silent ? null : ora({ stream: process.stderr, discardStdin: false }).start();
  const startedAt = performance.now();
  let done = 0;
  const waiting = [...points];
  const lane = async () => {
    for (let point = waiting.shift(); point && !isStopped; point = waiting.shift()) {
      await trainPoint(join(path, point.name), point, running);
      done++;
      const leftMs = ((performance.now() - startedAt) / done) * (points.length - done);
      if (spinner) spinner.text = `${done} of ${points.length} trainings, ${formatDuration(leftMs)} left`;
    }
  };
  if (spinner) spinner.text = `0 of ${points.length} trainings`;
  try {
    await Promise.all(Array.from({ length: parallel }, lane));
  } catch (error) {
    // A second Ctrl-C kills what has not stopped yet; a failure of one training ends the others.
    for (const job of running) job.kill();
    if (!(isStopped && error instanceof ProcessEndedError)) throw error;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    spinner?.stop();
  }
  return !isStopped;
}

async function trainPoint(path: string, { request }: GridPoint, running: Set<RunningJob>): Promise<void> {
  const isThere = await stat(join(path, RUN_FILE)).catch(() => null);
  if (isThere) {
    const { run } = await readRun(path);
    const different = differingChoices(request, run.request);
    if (different.length > 0)
      throw new UserError(
        `The training at '${path}' was made with other choices: ${different.join('; ')}. Choose another --out.`,
      );
    if (run.status === 'finished') return;
  }
  const job = startTrainingJob({ request, place: isThere ? { resume: path } : { path } }, () => undefined);
  running.add(job);
  try {
    await job.outcome;
  } finally {
    running.delete(job);
  }
}

async function conclude(
  path: string,
  request: ComparisonRequest,
  grid: readonly GridPoint[],
): Promise<Comparison> {
  const points = await Promise.all(
    grid.map(async ({ name, optimizer, learningRate }): Promise<GridResult> => {
      const { run } = await readRun(join(path, name));
      const last = (await readMetrics(join(path, name))).at(-1);
      const hasDiverged = run.error === 'diverged';
      return {
        name,
        optimizer,
        learningRate,
        hasDiverged,
        finalLoss: hasDiverged ? null : (last?.validationLoss ?? null),
        finalAccuracy: hasDiverged ? null : (last?.validationAccuracy ?? null),
      };
    }),
  );
  const verdicts = judge(points);
  return { path, request, points, verdicts, gap: gapOf(verdicts, 'sgd', 'adamw') };
}

/** The loss curves of each optimizer's best training. */
async function drawBest({ path, request, verdicts }: Comparison): Promise<void> {
  const curves = await Promise.all(
    verdicts.flatMap(({ optimizer, best }) =>
      best
        ? [
            readMetrics(join(path, best.name)).then((metrics) =>
              curveOf(`${optimizer}, learning rate ${best.learningRate}`, metrics),
            ),
          ]
        : [],
    ),
  );
  if (curves.length === 0) return;
  const { svg } = trainingFigure(`${request.model}, each optimizer at its best rate`, curves);
  await writeAside(join(path, 'comparison.svg'), svg);
  await writeAside(join(path, 'comparison.png'), renderPng(svg));
}

function comparisonText({ path, points, verdicts, gap }: Comparison): string {
  const verdict =
    gap === null
      ? []
      : [`SGD's best is ${formatNumber(Math.abs(gap))} nats ${gap >= 0 ? 'behind' : 'ahead of'} AdamW's.`];
  return `${[comparisonTableText(points, verdicts), ...verdict, `Comparison: ${path}`].join('\n')}\n`;
}
