/** `hesscope figure`: the paper's training figures, each with its verdicts, by one command. */
import { join } from 'node:path';
import { Command } from 'commander';
import { UserError } from '../../errors.ts';
import { FIGURES, figureNamed } from '../../study/figures/index.ts';
import { type FigureRequest, figureRequestSchema, parseFigureRequest } from '../../study/figures/request.ts';
import { makeFigure } from '../experiments/figure.ts';
import { parallelOf } from '../experiments/series.ts';
import { claimsText } from '../report/index.ts';
import { RUNS_FOLDER } from '../runs/layout.ts';
import { addChoices, type ChoiceOption, choicesOf, numbers, numeric } from './choices.ts';
import { INTERRUPTED_EXIT_CODE } from './exit.ts';
import { startProgressLine } from './progress-line.ts';

const EXAMPLES = `
Examples:
  $ hesscope figure
      lists the figures
  $ hesscope figure 5a --quick
      a small version in a few minutes, marked as such
  $ hesscope figure 5a --out runs/paper
  $ hesscope figure 14 --out runs/paper
      draws the training curves; its trainings are those of 5a, done already
  $ hesscope figure 5a --data fashion-mnist/ --cs 1,3,5,7,9,11,13,15 --seeds 3 --out runs/fashion
      another data set, and fewer constants
  $ hesscope figure 10 --models gpt-pico,vit-pico --out runs/paper
  $ hesscope figure 6 --instructions alpaca.json
      fine-tuning on instructions of one's own
  $ hesscope figure 10 --full-size --images imagenet/ --text openwebtext.txt --device cuda
      the paper's own models

The same command again goes on where the last one was stopped.`;

const OPTIONS: readonly ChoiceOption<keyof FigureRequest>[] = [
  { key: 'quick', flags: '--quick' },
  { key: 'data', flags: '-d, --data <source>' },
  { key: 'heldBack', flags: '--held-back' },
  { key: 'cs', flags: '--cs <constants>', parse: numbers },
  { key: 'rates', flags: '--rates <rates>', parse: numbers },
  { key: 'seeds', flags: '--seeds <count>', parse: numeric },
  { key: 'steps', flags: '-s, --steps <count>', parse: numeric },
  { key: 'batch', flags: '--batch <count>', parse: numeric },
  { key: 'examples', flags: '--examples <count>', parse: numeric },
  { key: 'models', flags: '--models <names>', parse: (text) => text.split(',') },
  { key: 'fullSize', flags: '--full-size' },
  { key: 'images', flags: '--images <source>' },
  { key: 'text', flags: '--text <source>' },
  { key: 'instructions', flags: '--instructions <source>' },
  { key: 'threads', flags: '--threads <count>', parse: numeric },
  { key: 'device', flags: '--device <name>' },
];

export function figureCommand(): Command {
  const command = new Command('figure')
    .summary("one of the paper's training figures, with verdicts on its claims")
    .description(
      "Trains, and measures, what a figure of the paper needs, draws it, and says whether the paper's claims are borne out. Without a name it lists the figures.",
    )
    .argument('[name]', 'which figure');
  return addChoices(command, OPTIONS, figureRequestSchema)
    .option(
      '-o, --out <folder>',
      `where trainings and figures go (default: ${RUNS_FOLDER}/figures, and ${RUNS_FOLDER}/figures-quick with --quick)`,
    )
    .option('--parallel <count>', 'trainings at once (default: all cores)')
    .option('--json', 'print figure.json and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(runFigure);
}

async function runFigure(
  name: string | undefined,
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  const input = await choicesOf(options, OPTIONS);
  if (name === undefined) {
    if (Object.keys(input).length > 0)
      throw new UserError("Expected which figure, found options alone; 'hesscope figure' lists the figures.");
    process.stdout.write(figureList(options.json === true));
    return;
  }
  const figure = figureNamed(name);
  const request = parseFigureRequest(name, figure.takes, input);
  const out =
    (options.out as string | undefined) ?? join(RUNS_FOLDER, request.quick ? 'figures-quick' : 'figures');
  const json = options.json === true;
  const parallel = parallelOf(options.parallel);
  const { notes } = figure.plan(request);
  if (!json) process.stderr.write(`${[figure.title, ...notes].join('\n')}\n`);
  const progress = startProgressLine(`figure ${name}`, json);
  const made = await makeFigure(figure, request, out, { parallel, onProgress: progress.show }).finally(
    progress.end,
  );
  if (made === null) {
    process.stderr.write(`What is done is in ${out}. The same command with --out ${out} goes on.\n`);
    process.exitCode = INTERRUPTED_EXIT_CODE;
    return;
  }
  const { path, record } = made;
  const text = [
    ...(record.quick ? [record.quick] : []),
    claimsText(record.claims),
    `Picture: ${join(path, 'figure.png')}`,
    `Numbers: ${join(path, 'figure.json')}`,
  ].join('\n');
  process.stdout.write(`${json ? JSON.stringify(record, null, 2) : text}\n`);
}

function figureList(json: boolean): string {
  const list = FIGURES.map(({ name, title, summary, takes }) => ({ name, title, summary, takes }));
  if (json) return `${JSON.stringify(list, null, 2)}\n`;
  const width = Math.max(...list.map(({ name }) => name.length));
  return `${list.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}`).join('\n')}\n`;
}
