/** `hesscope compare`: SGD against Adam, each at its best learning rate under the same budget. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import {
  type ComparisonRequest,
  type GridResult,
  gapOf,
  judge,
  type OptimizerVerdict,
  parseComparisonRequest,
  relativeGapOf,
} from '../../study/training/comparison.ts';
import { type Budget, budgetsOf, type Leg, rungsOf, searchRates } from '../../study/training/search.ts';
import { parallelOf } from '../experiments/series.ts';
import { formatCount, formatNumber } from '../report/format.ts';
import { comparisonTableText, curveOf, renderPng, trainingFigure } from '../report/index.ts';
import { readRun } from '../runs/directory.ts';
import { runName } from '../runs/layout.ts';
import { readMetrics } from '../runs/metrics.ts';
import { writeAside, writeJson } from '../runs/write.ts';
import { trainLegs } from './comparison-trainings.ts';
import { INTERRUPTED_EXIT_CODE } from './exit.ts';
import { startProgressLine } from './progress-line.ts';
import { RUNS_FOLDER } from './spectrum.ts';
import { addComparisonOptions, comparisonInput } from './training-options.ts';

const EXAMPLES = `
Examples:
  $ hesscope compare --model mlp --batch 128 --steps 200
      SGD and AdamW, six learning rates each, on the embedded digits
  $ hesscope compare --model gpt-nano --steps 600 --search halving
      the rates that do best after 200 steps go on, of these those that do best after 400: 61 % of the steps
  $ hesscope compare --model gpt-pico --optimizers sgd,adam-mini,adamw --rates 0.001,0.01,0.1 --out runs/race
  $ hesscope compare --out runs/race --model gpt-pico --optimizers sgd,adam-mini,adamw --rates 0.001,0.01,0.1
      the same again goes on with what is not done yet`;

export function compareCommand(): Command {
  const command = new Command('compare')
    .summary('train by several optimizers under an equal budget, and tell how far SGD is behind')
    .description(
      'Trains a model by each optimizer with each learning rate, the same steps, batches and seed, and compares the best. Where the best rate is the largest or the least, up to two more are tried beyond it. The gap is the difference of the losses on data held back, after the last step.',
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
  /** What each optimizer was given. */
  readonly budgets: readonly Budget[];
  readonly verdicts: readonly OptimizerVerdict[];
  /** Final loss of SGD's best less that of AdamW's best, in nats; null where one of them is missing. */
  readonly gap: number | null;
  /** Mean loss before the first step on the examples held back, in nats. */
  readonly initialLoss: number | null;
  /** The gap as a share of what AdamW has gained; null where something is missing. */
  readonly relativeGap: number | null;
}

async function runCompare(options: Readonly<Record<string, unknown>>): Promise<void> {
  const request = parseComparisonRequest(await comparisonInput(options));
  const path = (options.out as string | undefined) ?? join(RUNS_FOLDER, runName('compare', new Date()));
  const parallel = parallelOf(options.parallel);
  const threads = request.threads ?? Math.max(1, Math.floor(availableParallelism() / parallel));
  const points = await search(path, { ...request, threads }, parallel, options.json === true);
  if (points === null) {
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

/** Searches the rates of all optimizers. @returns null when it was interrupted. */
async function search(
  path: string,
  request: ComparisonRequest,
  parallel: number,
  silent: boolean,
): Promise<GridResult[] | null> {
  const progress = startProgressLine('compare', silent);
  const rungs = rungsOf(request);
  try {
    return await searchRates(request, (legs) => {
      progress.say(describeLegs(legs, parallel));
      return trainLegs(path, legs, rungs, { parallel, onProgress: progress.show });
    });
  } finally {
    progress.end();
  }
}

function describeLegs(legs: readonly Leg[], parallel: number): string {
  const count = legs.length === 1 ? '1 training' : `${legs.length} trainings`;
  const until = Math.max(...legs.map((leg) => leg.until));
  const names = legs.length <= 4 ? ` (${legs.map(({ point }) => point.name).join(', ')})` : '';
  return `${count}${names} up to step ${formatCount(until)}, ${Math.min(parallel, legs.length)} at once`;
}

async function conclude(
  path: string,
  request: ComparisonRequest,
  points: readonly GridResult[],
): Promise<Comparison> {
  const verdicts = judge(points);
  // The same for all: they start from the same parameters.
  const first = points[0] as GridResult;
  const initialLoss = (await readRun(join(path, first.name))).run.initial?.validationLoss ?? null;
  return {
    path,
    request,
    points,
    budgets: budgetsOf(points),
    verdicts,
    gap: gapOf(verdicts, 'sgd', 'adamw'),
    initialLoss,
    relativeGap: relativeGapOf(verdicts, 'sgd', 'adamw', initialLoss),
  };
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

function comparisonText({ path, points, budgets, verdicts, gap, relativeGap }: Comparison): string {
  const given = budgets.map(
    ({ optimizer, trainings, steps }) =>
      `${optimizer} ${formatCount(steps)} steps in ${formatCount(trainings)} trainings`,
  );
  const verdict =
    gap === null
      ? []
      : [
          `SGD's best is ${formatNumber(Math.abs(gap))} nats ${gap >= 0 ? 'behind' : 'ahead of'} AdamW's${relativeGap === null ? '' : `, a relative gap of ${formatNumber(relativeGap)}`}.`,
        ];
  return `${[
    comparisonTableText(points, verdicts),
    `Budget: ${given.join(', ')}.`,
    ...verdict,
    `Comparison: ${path}`,
  ].join('\n')}\n`;
}
