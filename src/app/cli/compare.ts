/** `hesscope compare`: SGD against Adam, each at its best learning rate under the same budget. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import {
  type ComparisonRequest,
  type GridPoint,
  type GridResult,
  gapOf,
  gridOf,
  judge,
  type OptimizerVerdict,
  parseComparisonRequest,
  relativeGapOf,
} from '../../study/training/comparison.ts';
import { parallelOf, runSeries, trainingMember } from '../experiments/series.ts';
import { formatNumber } from '../report/format.ts';
import { comparisonTableText, curveOf, renderPng, trainingFigure } from '../report/index.ts';
import { readRun } from '../runs/directory.ts';
import { runName } from '../runs/layout.ts';
import { readMetrics } from '../runs/metrics.ts';
import { writeAside, writeJson } from '../runs/write.ts';
import { INTERRUPTED_EXIT_CODE } from './exit.ts';
import { seriesView } from './follow-job.ts';
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
  const points = gridOf({ ...request, threads });
  const members = points.map((point) => trainingMember(point.name, point.request));
  const isDone = await seriesView('trainings', options.json === true, (onProgress) =>
    runSeries(path, members, { parallel, onProgress }),
  );
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
  // The same for all: they start from the same parameters.
  const first = grid[0] as GridPoint;
  const initialLoss = (await readRun(join(path, first.name))).run.initial?.validationLoss ?? null;
  return {
    path,
    request,
    points,
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

function comparisonText({ path, points, verdicts, gap, relativeGap }: Comparison): string {
  const verdict =
    gap === null
      ? []
      : [
          `SGD's best is ${formatNumber(Math.abs(gap))} nats ${gap >= 0 ? 'behind' : 'ahead of'} AdamW's${relativeGap === null ? '' : `, a relative gap of ${formatNumber(relativeGap)}`}.`,
        ];
  return `${[comparisonTableText(points, verdicts), ...verdict, `Comparison: ${path}`].join('\n')}\n`;
}
