/** `hesscope exact`: the dense Hessian of a small model. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { type ExactHessian, exactHessian } from '../../study/exact/measure.ts';
import { type ExactRequest, exactRequestSchema, parseExactRequest } from '../../study/exact/request.ts';
import { openOnnxRuntimeEngine } from '../../tensor/engine/onnxruntime.ts';
import { writeSafetensors } from '../../tensor/files/safetensors.ts';
import { writePicture } from '../experiments/picture.ts';
import { formatDuration } from '../report/format.ts';
import { exactFigures, exactText } from '../report/index.ts';
import { writeJson } from '../runs/write.ts';
import { defaultThreads } from '../worker/environment.ts';
import { addChoices, type ChoiceOption, choicesOf, MATRIX_OPTIONS, numeric } from './choices.ts';
import { INTERRUPTED_EXIT_CODE } from './exit.ts';
import { interruptible } from './interruptible.ts';
import { RUNS_FOLDER } from './spectrum.ts';

const EXAMPLES = `
Examples:
  $ hesscope exact --model gpt-tiny --batch 2 --blocks paper --group paper
      the small Transformer of which the paper shows the Hessian (Figure 2)
  $ hesscope exact --model gpt-tiny --set layers=8 --batch 2 --blocks paper --group paper
  $ hesscope exact --model mlp --blocks 'fc3.*,fc4.*' --largest 10000
  $ hesscope exact --model gpt-tiny --weights runs/tiny/checkpoints/best.safetensors
      during training`;

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
    .option('-o, --out <folder>', `where matrix, figures and numbers go (default: ${RUNS_FOLDER}/exact)`)
    .option('--json', 'print exact.json and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(runExact);
}

async function runExact(options: Readonly<Record<string, unknown>>): Promise<void> {
  const request = parseExactRequest(await choicesOf(options, OPTIONS));
  const json = options.json === true;
  const hessian = await formed(request, json);
  if (hessian === null) {
    process.stderr.write('Stopped; nothing was written.\n');
    process.exitCode = INTERRUPTED_EXIT_CODE;
    return;
  }
  const out = (options.out as string | undefined) ?? join(RUNS_FOLDER, 'exact');
  const record = await written(out, request, hessian);
  process.stdout.write(
    json
      ? `${JSON.stringify(record, null, 2)}\n`
      : `${exactText(hessian)}\n\nFigures, matrix and numbers: ${out}\n`,
  );
}

/** @returns null when it was interrupted. */
async function formed(request: ExactRequest, silent: boolean): Promise<ExactHessian | null> {
  const { device, threads = defaultThreads() } = request;
  const engine = await openOnnxRuntimeEngine({ threads, device });
  const startedAt = performance.now();
  return interruptible('exact', silent, (tell) =>
    exactHessian(request, engine, (done, dim) => {
      const leftMs = ((performance.now() - startedAt) / done) * (dim - done);
      return tell(`${done} of ${dim} columns, ${formatDuration(leftMs)} left`);
    }),
  );
}

/** Writes matrix, figures and numbers. @returns the numbers. */
async function written(out: string, request: ExactRequest, hessian: ExactHessian) {
  const { entries, eigenvalues, groups, ...facts } = hessian;
  const record = {
    request,
    ...facts,
    groups: groups.map(({ name, slices, start, size }) => ({
      name,
      parameters: [...new Set(slices.map(({ parameter }) => parameter.name))],
      start,
      size,
    })),
    eigenvalues: Array.from(eigenvalues),
  };
  await mkdir(out, { recursive: true });
  await writeSafetensors(join(out, 'hessian.safetensors'), [
    ['hessian', { dtype: 'float64', shape: [hessian.dim, hessian.dim], data: entries }],
    ['eigenvalues', { dtype: 'float64', shape: [hessian.dim], data: eigenvalues }],
  ]);
  for (const { name, svg } of exactFigures(hessian)) {
    await writePicture(join(out, name), svg);
  }
  await writeJson(join(out, 'exact.json'), record);
  return record;
}
