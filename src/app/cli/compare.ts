/** `hesscope compare`: SGD against Adam, each at its best learning rate under the same budget. */
import { join } from 'node:path';
import { Command } from 'commander';
import { parseComparisonRequest } from '../../study/training/comparison.ts';
import type { Leg } from '../../study/training/search.ts';
import { type Comparison, runComparison } from '../experiments/comparison.ts';
import { parallelOf } from '../experiments/series.ts';
import { formatCount, formatNumber } from '../report/format.ts';
import { comparisonTableText } from '../report/index.ts';
import { RUNS_FOLDER, runName } from '../runs/layout.ts';
import { INTERRUPTED_EXIT_CODE } from './exit.ts';
import { startProgressLine } from './progress-line.ts';
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

async function runCompare(options: Readonly<Record<string, unknown>>): Promise<void> {
  const request = parseComparisonRequest(await comparisonInput(options));
  const path = (options.out as string | undefined) ?? join(RUNS_FOLDER, runName('compare', new Date()));
  const parallel = parallelOf(options.parallel);
  const progress = startProgressLine('compare', options.json === true);
  const comparison = await runComparison(path, request, {
    parallel,
    onProgress: progress.show,
    onLegs: (legs) => progress.say(describeLegs(legs, parallel)),
  }).finally(progress.end);
  if (comparison === null) {
    process.stderr.write(`What is done is in ${path}. The same command with --out ${path} goes on.\n`);
    process.exitCode = INTERRUPTED_EXIT_CODE;
    return;
  }
  process.stdout.write(
    options.json === true ? `${JSON.stringify(comparison, null, 2)}\n` : comparisonText(comparison),
  );
}

function describeLegs(legs: readonly Leg[], parallel: number): string {
  const count = legs.length === 1 ? '1 training' : `${legs.length} trainings`;
  const until = Math.max(...legs.map((leg) => leg.until));
  const names = legs.length <= 4 ? ` (${legs.map(({ point }) => point.name).join(', ')})` : '';
  return `${count}${names} up to step ${formatCount(until)}, ${Math.min(parallel, legs.length)} at once`;
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
