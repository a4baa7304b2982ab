/** `hesscope reproduce`: every figure and table of the paper, on one page. */
import { join } from 'node:path';
import { Command } from 'commander';
import { UserError } from '../../errors.ts';
import { DEVICES } from '../../tensor/engine/device.ts';
import { claimsText, formatDuration, overallVerdict } from '../report/index.ts';
import type { Reproduction, ReproductionChoices, ReproductionSize } from '../reproduce/definition.ts';
import { REPRODUCTIONS, reproductionNamed } from '../reproduce/index.ts';
import { reproductionPage } from '../reproduce/page.ts';
import { type ReproductionRecord, readReproduction, reproduce } from '../reproduce/run.ts';
import { RUNS_FOLDER } from '../runs/layout.ts';
import { writeAside } from '../runs/write.ts';
import { INTERRUPTED_EXIT_CODE } from './exit.ts';

const EXAMPLES = `
Examples:
  $ hesscope reproduce
      lists the figures and tables
  $ hesscope reproduce fig2 fig8
  $ hesscope reproduce all --quick
      everything, in less than an hour on two cores
  $ hesscope reproduce table1 --paper-size --images imagenet/ --text openwebtext.txt --device cuda

The same command again goes on where the last one was stopped; work that figures have in common is done once.`;

const PAGE_FILE = 'reproduction.html';

export function reproduceCommand(): Command {
  return new Command('reproduce')
    .summary("the paper's figures and tables, each claim with its verdict, on one page")
    .description(
      "Carries out what a figure or table needs, draws it, and holds the paper's claims against what was found. Without a name it lists them.",
    )
    .argument('[names...]', 'fig1 to fig14, table1, table2, or all')
    .option('--quick', 'minutes instead of hours; marked as such')
    .option('--paper-size', "the paper's own models, which take days and data of your own")
    .option('--images <source>', 'for --paper-size: pictures instead of those that come with hesscope')
    .option('--text <source>', 'for --paper-size: text instead of that which comes with hesscope')
    .option('--device <name>', `where products run: ${DEVICES.join(', ')}`, 'cpu')
    .option(
      '-o, --out <folder>',
      `where everything goes (default: ${RUNS_FOLDER}/reproduction, with -quick or -paper)`,
    )
    .option('--json', 'print the records and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(runReproduce);
}

interface Options {
  readonly quick?: boolean;
  readonly paperSize?: boolean;
  readonly images?: string;
  readonly text?: string;
  readonly device: string;
  readonly out?: string;
  readonly json?: boolean;
}

async function runReproduce(names: readonly string[], options: Options): Promise<void> {
  if (names.length === 0) {
    const width = Math.max(...REPRODUCTIONS.map(({ name }) => name.length));
    process.stdout.write(
      REPRODUCTIONS.map(({ name, title }) => `${name.padEnd(width)}  ${title}\n`).join(''),
    );
    return;
  }
  const wanted = names.includes('all') ? REPRODUCTIONS : names.map(reproductionNamed);
  const choices = choicesOf(options);
  const root = options.out ?? join(RUNS_FOLDER, FOLDERS[choices.size]);
  const records = await all(wanted, choices, root);
  const page = await writePage(root, choices.size);
  if (records === null) {
    process.stderr.write(`What is done is in ${root}. The same command goes on.\n`);
    process.exitCode = INTERRUPTED_EXIT_CODE;
    return;
  }
  process.stdout.write(
    options.json
      ? `${JSON.stringify(records, null, 2)}\n`
      : `${records.map(recordText).join('\n\n')}\n\nPage: ${page}\n`,
  );
}

const FOLDERS: Readonly<Record<ReproductionSize, string>> = {
  quick: 'reproduction-quick',
  small: 'reproduction',
  paper: 'reproduction-paper',
};

function choicesOf({ quick, paperSize, images, text, device }: Options): ReproductionChoices {
  if (quick && paperSize) throw new UserError("'--quick' and '--paper-size' exclude each other; choose one.");
  if ((images ?? text) !== undefined && !paperSize)
    throw new UserError(
      "'--images' and '--text' are for --paper-size; small models take the data that come with hesscope.",
    );
  if (!DEVICES.some((known) => known === device))
    throw new UserError(`'--device': expected ${DEVICES.join(', ')}, found '${device}'.`);
  const size = quick ? 'quick' : paperSize ? 'paper' : 'small';
  return { size, images: images ?? null, text: text ?? null, device };
}

/** @returns null when it was interrupted. */
async function all(
  wanted: readonly Reproduction[],
  choices: ReproductionChoices,
  root: string,
): Promise<ReproductionRecord[] | null> {
  const startedAt = performance.now();
  const records: ReproductionRecord[] = [];
  for (const [index, reproduction] of wanted.entries()) {
    const elapsedMs = performance.now() - startedAt;
    const left =
      index === 0 ? '' : `, about ${formatDuration((elapsedMs / index) * (wanted.length - index))} left`;
    process.stderr.write(`${index + 1} of ${wanted.length}${left}: ${reproduction.title}\n`);
    const onStep = ({ args }: { readonly args: readonly string[] }) =>
      process.stderr.write(`  hesscope ${args.join(' ')}\n`);
    const record = await reproduce(reproduction, { root, choices, onStep });
    if (record === null) return null;
    records.push(record);
    await writePage(root, choices.size);
  }
  return records;
}

/** The page of everything that has been made in the folder so far. @returns where it is. */
async function writePage(root: string, size: ReproductionSize): Promise<string> {
  const found: ReproductionRecord[] = [];
  for (const { name } of REPRODUCTIONS) {
    const record = await readReproduction(root, name);
    if (record) found.push(record);
  }
  const path = join(root, PAGE_FILE);
  await writeAside(path, reproductionPage(found, size));
  return path;
}

function recordText(record: ReproductionRecord): string {
  const { title, found, claims } = record;
  return [`${title}: ${overallVerdict(claims) ?? 'nothing to judge'}`, found, claimsText(claims)].join('\n');
}
