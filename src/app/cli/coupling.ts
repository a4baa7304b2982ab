/** `hesscope coupling`: how block-diagonal the Hessian of any model is, without the matrix. */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { UserError } from '../../errors.ts';
import { type ColumnSample, type Coupling, measureCoupling } from '../../study/exact/coupling.ts';
import {
  type CouplingRequest,
  couplingRequestSchema,
  parseCouplingRequest,
} from '../../study/exact/request.ts';
import { differingChoices } from '../../study/request-differences.ts';
import { openOnnxRuntimeEngine } from '../../tensor/engine/onnxruntime.ts';
import { writePicture } from '../experiments/picture.ts';
import { formatDuration } from '../report/format.ts';
import { couplingFigures, couplingText } from '../report/index.ts';
import { readKeptRecord } from '../runs/kept-record.ts';
import { RUNS_FOLDER } from '../runs/layout.ts';
import { writeJson } from '../runs/write.ts';
import { defaultThreads } from '../worker/environment.ts';
import { addChoices, type ChoiceOption, choicesOf, MATRIX_OPTIONS, numeric } from './choices.ts';
import { INTERRUPTED_EXIT_CODE } from './exit.ts';
import { interruptible } from './interruptible.ts';

const EXAMPLES = `
Examples:
  $ hesscope coupling --model gpt-pico
      every pair of its 14 blocks
  $ hesscope coupling --model gpt-nano --probes 2 --out runs/nano-coupling
  $ hesscope coupling --model gpt-nano --group layer

The same command again goes on where the last one was stopped.`;

const OPTIONS: readonly ChoiceOption<keyof CouplingRequest>[] = [
  ...MATRIX_OPTIONS,
  { key: 'group', flags: '--group <kind>' },
  { key: 'probes', flags: '-p, --probes <count>', parse: numeric },
];

/** What is measured so far. */
const STATE_FILE = 'coupling-state.json';

interface State {
  readonly request: CouplingRequest;
  readonly samples: Record<string, readonly ColumnSample[]>;
}

export function couplingCommand(): Command {
  const command = new Command('coupling')
    .summary('how strongly the blocks of a Hessian are coupled, without the matrix')
    .description(
      'Estimates the norm of every block of the Hessian, off the diagonal too, by one product for each probe of each block: for a random v on block l, the mean of |H_kl v|^2 is |H_kl|^2.',
    );
  return addChoices(command, OPTIONS, couplingRequestSchema)
    .option('-o, --out <folder>', `where figures and numbers go (default: ${RUNS_FOLDER}/coupling)`)
    .option('--json', 'print coupling.json and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(runCoupling);
}

async function runCoupling(options: Readonly<Record<string, unknown>>): Promise<void> {
  const request = parseCouplingRequest(await choicesOf(options, OPTIONS));
  const out = (options.out as string | undefined) ?? join(RUNS_FOLDER, 'coupling');
  const json = options.json === true;
  const state = await openState(out, request);
  const coupling = await measured(request, out, state, json);
  if (coupling === null) {
    process.stderr.write(`What is done is in ${out}. The same command with --out ${out} goes on.\n`);
    process.exitCode = INTERRUPTED_EXIT_CODE;
    return;
  }
  const record = { request, ...coupling };
  await writeJson(join(out, 'coupling.json'), record);
  for (const { name, svg } of couplingFigures(coupling)) {
    await writePicture(join(out, name), svg);
  }
  await rm(join(out, STATE_FILE), { force: true });
  process.stdout.write(
    json
      ? `${JSON.stringify(record, null, 2)}\n`
      : `${couplingText(coupling)}\n\nFigures and numbers: ${out}\n`,
  );
}

/** @throws UserError when what is there was measured with other choices. */
async function openState(out: string, request: CouplingRequest): Promise<State> {
  const state = await readKeptRecord<State>(join(out, STATE_FILE), { request: 'object', samples: 'object' });
  if (state === null) return { request, samples: {} };
  const different = differingChoices(request, parseCouplingRequest(state.request));
  if (different.length > 0)
    throw new UserError(
      `What is in '${out}' was measured with other choices: ${different.join('; ')}. Give the same ones, or choose another --out.`,
    );
  return state;
}

/** @returns null when it was interrupted. */
async function measured(
  request: CouplingRequest,
  out: string,
  state: State,
  silent: boolean,
): Promise<Coupling | null> {
  const { device, threads = defaultThreads() } = request;
  const engine = await openOnnxRuntimeEngine({ threads, device });
  const known = { ...state.samples };
  const before = Object.keys(known).length;
  const startedAt = performance.now();
  return interruptible('coupling', silent, (tell) =>
    measureCoupling(request, engine, {
      known,
      onColumn: async (name, samples, done, count) => {
        state.samples[name] = samples;
        await writeJson(join(out, STATE_FILE), state);
        const here = Object.keys(state.samples).length - before;
        const leftMs = ((performance.now() - startedAt) / here) * (count - done);
        return tell(`${done} of ${count} blocks, ${formatDuration(leftMs)} left`);
      },
    }),
  );
}
