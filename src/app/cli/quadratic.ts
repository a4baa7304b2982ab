/** `hesscope quadratic`: GD and Adam on quadratic problems with blocks. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { UserError } from '../../errors.ts';
import { parseJson } from '../../json-text.ts';
import { type QuadraticContest, quadraticContest } from '../../quadratic/contest.ts';
import { claimsOfContest } from '../../study/quadratic/claims.ts';
import {
  casesOf,
  parseQuadraticRequest,
  type QuadraticRequest,
  quadraticRequestSchema,
} from '../../study/quadratic/request.ts';
import { writePicture } from '../experiments/picture.ts';
import { claimsText, histogramsSvg, quadraticSvg, quadraticText } from '../report/index.ts';
import { RUNS_FOLDER } from '../runs/layout.ts';
import { writeJson } from '../runs/write.ts';
import { addChoices, type ChoiceOption, choicesOf, numeric } from './choices.ts';
import { INTERRUPTED_EXIT_CODE } from './exit.ts';
import { interruptible } from './interruptible.ts';

const EXAMPLES = `
Examples:
  $ hesscope quadratic
      cases 3 and 4 of the paper: the same eigenvalues, dealt to blocks in two ways
  $ hesscope quadratic --case 1,2,3,4 --trials 3
      with blocks that have spectra of GPT2 and ResNet18, which takes minutes
  $ hesscope quadratic --case 3 --trials 100 --json
  $ hesscope quadratic --blocks my.json
      my.json holds the eigenvalues of each block, such as [[1, 2], [100, 5000]]`;

const OPTIONS: readonly ChoiceOption<keyof QuadraticRequest>[] = [
  { key: 'cases', flags: '--case <names>', parse: (text) => text.split(',') },
  { key: 'trials', flags: '--trials <count>', parse: numeric },
  { key: 'steps', flags: '-s, --steps <count>', parse: numeric },
  { key: 'target', flags: '--target <share>', parse: numeric },
  { key: 'rotation', flags: '--rotation <kind>' },
  { key: 'seed', flags: '--seed <number>', parse: numeric },
];

export function quadraticCommand(): Command {
  const command = new Command('quadratic')
    .summary('GD and Adam on quadratic problems whose blocks are alike or not')
    .description(
      'Descends on quadratic problems with a block-diagonal Hessian (Section 3.1, Figure 8) by GD with its best rate, by Adam with the best of many, and by GD with the best rate of each block, and counts the steps.',
    );
  return addChoices(command, OPTIONS, quadraticRequestSchema)
    .option('--blocks <file>', "a problem of one's own: a JSON file with the eigenvalues of each block")
    .option('-o, --out <folder>', `where picture and numbers go (default: ${RUNS_FOLDER}/quadratic)`)
    .option('--json', 'print quadratic.json and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(runQuadratic);
}

async function runQuadratic(options: Readonly<Record<string, unknown>>): Promise<void> {
  const input = await choicesOf(options, OPTIONS);
  if (typeof options.blocks === 'string') input.blocks = await readBlocks(options.blocks);
  const request = parseQuadraticRequest(input);
  const json = options.json === true;
  const contests = await contestsOf(request, json);
  if (contests === null) {
    process.stderr.write('Stopped; nothing was written.\n');
    process.exitCode = INTERRUPTED_EXIT_CODE;
    return;
  }
  const claims = contests.flatMap(claimsOfContest);
  const out = (options.out as string | undefined) ?? join(RUNS_FOLDER, 'quadratic');
  const record = { request, contests, claims };
  await writeJson(join(out, 'quadratic.json'), record);
  const svg = quadraticSvg(contests, request.target);
  await writePicture(join(out, 'quadratic'), svg);
  await writePicture(join(out, 'histograms'), histogramsSvg(casesOf(request)));
  const text = [
    quadraticText(contests),
    ...(claims.length > 0 ? [claimsText(claims)] : []),
    `Pictures: ${join(out, 'quadratic.png')}, ${join(out, 'histograms.png')}\nNumbers: ${join(out, 'quadratic.json')}`,
  ].join('\n\n');
  process.stdout.write(`${json ? JSON.stringify(record, null, 2) : text}\n`);
}

async function readBlocks(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new UserError(`Cannot read the blocks '${path}': ${error.message}.`);
  });
  try {
    return parseJson(text);
  } catch (error) {
    throw new UserError(
      `${path}: expected JSON with the eigenvalues of each block, such as [[1, 2], [100]], found what is none (${(error as Error).message}).`,
    );
  }
}

/** @returns null when it was interrupted. */
function contestsOf(request: QuadraticRequest, silent: boolean): Promise<QuadraticContest[] | null> {
  return interruptible('quadratic', silent, async (tell) => {
    const contests: QuadraticContest[] = [];
    for (const problem of casesOf(request)) {
      const contest = await quadraticContest(problem, request, (done) =>
        tell(`${problem.title}, ${done} of ${request.trials} trials`),
      );
      if (contest === null) return null;
      contests.push(contest);
    }
    return contests;
  });
}
