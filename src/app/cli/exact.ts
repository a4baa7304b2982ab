/** `hesscope exact`: the dense Hessian of a small model. */
import { join } from 'node:path';
import { Command } from 'commander';
import { type ExactRequest, exactRequestSchema, parseExactRequest } from '../../study/exact/request.ts';
import { formExact, writeExact } from '../experiments/exact-matrix.ts';
import { exactText } from '../report/index.ts';
import { RUNS_FOLDER } from '../runs/layout.ts';
import { addChoices, type ChoiceOption, choicesOf, MATRIX_OPTIONS, numeric } from './choices.ts';
import { runExactStages } from './exact-stages.ts';
import { INTERRUPTED_EXIT_CODE } from './exit.ts';
import { interruptible } from './interruptible.ts';

const EXAMPLES = `
Examples:
  $ hesscope exact --model gpt-tiny --batch 2 --blocks paper --group paper
      the small Transformer of which the paper shows the Hessian (Figure 2)
  $ hesscope exact --model gpt-tiny --set layers=8 --batch 2 --blocks paper --group paper
  $ hesscope exact --model mlp --blocks 'fc3.*,fc4.*' --largest 10000
  $ hesscope train --model gpt-tiny --steps 500 --checkpoints 0,0.2,1 --out runs/tiny
  $ hesscope exact --checkpoints runs/tiny --blocks paper --group paper
      at every checkpoint of that training, side by side; the same again goes on with what is not done`;

const OPTIONS: readonly ChoiceOption<keyof ExactRequest>[] = [
  ...MATRIX_OPTIONS,
  { key: 'group', flags: '--group <kind>' },
  { key: 'largest', flags: '--largest <rows>', parse: numeric },
];

export function exactCommand(): Command {
  const command = new Command('exact')
    .summary('the dense Hessian of a small model, and how block-diagonal it is')
    .description(
      'Forms the Hessian by products with unit vectors, finds all its eigenvalues, draws its entries and the means of its blocks, and tells the share of its squared norm that lies in the diagonal blocks.',
    );
  return addChoices(command, OPTIONS, exactRequestSchema)
    .option(
      '--checkpoints <places...>',
      'form the matrix at every stage of a training: its folder, or safetensors files; model, data and seed are the training’s',
    )
    .option('-o, --out <folder>', `where matrix, figures and numbers go (default: ${RUNS_FOLDER}/exact)`)
    .option('--json', 'print exact.json and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(runExact);
}

async function runExact(options: Readonly<Record<string, unknown>>): Promise<void> {
  const input = await choicesOf(options, OPTIONS);
  const json = options.json === true;
  const given = options.out as string | undefined;
  const places = options.checkpoints as string[] | undefined;
  if (places !== undefined)
    return runExactStages(input, { places, out: given ?? join(RUNS_FOLDER, 'exact-stages'), json });
  const request = parseExactRequest(input);
  const hessian = await interruptible('exact', json, (tell) => formExact(request, tell));
  if (hessian === null) {
    process.stderr.write('Stopped; nothing was written.\n');
    process.exitCode = INTERRUPTED_EXIT_CODE;
    return;
  }
  const out = given ?? join(RUNS_FOLDER, 'exact');
  const record = await writeExact(out, request, hessian);
  process.stdout.write(
    json
      ? `${JSON.stringify(record, null, 2)}\n`
      : `${exactText(hessian)}\n\nFigures, matrix and numbers: ${out}\n`,
  );
}
