/** `hesscope theory`: the paper's statements of Section 3.2 and its appendices, tried with numbers. */
import { join } from 'node:path';
import { Command } from 'commander';
import { UserError } from '../../errors.ts';
import type { TheoryCheck } from '../../study/theory/check.ts';
import { THEORY_CHECKS, theoryCheckNamed } from '../../study/theory/index.ts';
import { writePicture } from '../experiments/picture.ts';
import { type CheckedStatement, claimsText, theoryFigures, theoryPage } from '../report/index.ts';
import { RUNS_FOLDER } from '../runs/layout.ts';
import { writeAside, writeJson } from '../runs/write.ts';
import { numeric } from './choices.ts';
import { startProgressLine } from './progress-line.ts';

const EXAMPLES = `
Examples:
  $ hesscope theory
      tries everything, which takes about a minute
  $ hesscope theory theorem-1 proposition-2
  $ hesscope theory --quick
      fewer trials
  $ hesscope theory --list`;

export function theoryCommand(): Command {
  return new Command('theory')
    .summary("the paper's propositions and theorems, tried with numbers")
    .description(
      'Tries the statements of Section 3.2 and of the appendices on many problems: as they are printed, and corrected where they cannot hold as printed.',
    )
    .argument('[names...]', 'which checks (default: all)')
    .option('--quick', 'fewer trials')
    .option('--seed <number>', 'of all random streams (default: 0)', numeric)
    .option('--list', 'name the checks and end')
    .option('-o, --out <folder>', `where page, picture and numbers go (default: ${RUNS_FOLDER}/theory)`)
    .option('--json', 'print theory.json and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(runTheory);
}

async function runTheory(
  names: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  const checks = names.length === 0 ? THEORY_CHECKS : names.map(theoryCheckNamed);
  if (options.list === true) {
    process.stdout.write(`${checks.map(({ name, title }) => `${name.padEnd(18)}${title}`).join('\n')}\n`);
    return;
  }
  const { seed = 0 } = options;
  if (!Number.isSafeInteger(seed) || (seed as number) < 0)
    throw new UserError(`'--seed': expected a whole number of at least 0, found '${seed}'.`);
  const json = options.json === true;
  const size = options.quick === true ? 'quick' : 'full';
  const results = await tried(checks, size, seed as number, json);
  const out = (options.out as string | undefined) ?? join(RUNS_FOLDER, 'theory');
  const record = { size, seed, checks: results };
  await writeJson(join(out, 'theory.json'), record);
  for (const { name, svg } of theoryFigures(results)) await writePicture(join(out, name), svg);
  await writeAside(join(out, 'theory.html'), theoryPage(results, size === 'quick'));
  process.stdout.write(
    json
      ? `${JSON.stringify(record, null, 2)}\n`
      : `${results.map(checkText).join('\n\n')}\n\nPage and numbers: ${join(out, 'theory.html')}, theory.json\n`,
  );
}

async function tried(
  checks: readonly TheoryCheck[],
  size: 'quick' | 'full',
  seed: number,
  silent: boolean,
): Promise<CheckedStatement[]> {
  const progress = startProgressLine('theory', silent);
  try {
    const results: CheckedStatement[] = [];
    for (const [index, check] of checks.entries()) {
      const { name, title, remark } = check;
      progress.show(`${title}, ${index + 1} of ${checks.length}`);
      // Lets the line be drawn, and a signal be heard.
      await new Promise(setImmediate);
      results.push({ name, title, remark, ...(await check.run(size, seed)) });
    }
    return results;
  } finally {
    progress.end();
  }
}

function checkText({ title, remark, claims }: CheckedStatement): string {
  return `${title}\n${remark}\n${claimsText(claims)}`;
}
