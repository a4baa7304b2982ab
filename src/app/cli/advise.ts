/** `hesscope advise`: before training, whether SGD will do or Adam is needed. */

import { join } from 'node:path';
import { Command } from 'commander';
import { CALIBRATION_POINTS } from '../../study/advice/calibration-points.ts';
import { parseSpectrumRequest } from '../../study/spectrum/request.ts';
import { adviceRecord } from '../experiments/advice.ts';
import { writePicture } from '../experiments/picture.ts';
import { adviceSvg, adviceText } from '../report/index.ts';
import { readRun } from '../runs/directory.ts';
import { ADVICE_FILE, ADVICE_PICTURE, RUNS_FOLDER } from '../runs/layout.ts';
import { writeJson } from '../runs/write.ts';
import { startJob } from '../worker/host.ts';
import { followJob, reportInterruption } from './follow-job.ts';
import { addRequestOptions, requestInput } from './request-options.ts';

const EXAMPLES = `
Examples:
  $ hesscope advise --model vit-pico
      measures the spectra of all blocks at initialisation, then says what to train with
  $ hesscope advise --model gpt-nano --data text.txt --blocks even --probes 3 --steps 30
  $ hesscope advise --run runs/pico
      the same from a spectrum run that is there already
  $ hesscope train --model vit-pico --optimizer blockwise-sgd --optimizer-set factors=@runs/vit/advice.json
      SGD with the learning rates by block that the advice proposes`;

export function adviseCommand(): Command {
  const command = new Command('advise')
    .summary('say before training whether SGD is fine or Adam is needed')
    .description(
      'Measures blockwise spectra at initialisation and forecasts, from networks whose training was tried, how far SGD at its best falls behind AdamW. Says so when it is undecided.',
    );
  return addRequestOptions(command)
    .option('-o, --out <folder>', `where the spectrum run goes (default: ${RUNS_FOLDER}/<time>-<model>)`)
    .option('--run <folder>', 'a finished spectrum run to advise from, instead of measuring')
    .option('--json', 'print the advice as JSON and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(runAdvise);
}

async function runAdvise(options: Readonly<Record<string, unknown>>): Promise<void> {
  const json = options.json === true;
  const path = (options.run as string | undefined) ?? (await measured(options, json));
  if (path === null) return;
  const record = await readRun(path);
  const advice = adviceRecord(path, record);
  await writeJson(join(path, ADVICE_FILE), advice);
  const svg = adviceSvg(record.run.model.name, advice, CALIBRATION_POINTS);
  await writePicture(join(path, ADVICE_PICTURE), svg);
  process.stdout.write(
    json
      ? `${JSON.stringify({ path, ...advice }, null, 2)}\n`
      : `${adviceText(record.run, advice, advice.cost)}\n\nPicture: ${join(path, `${ADVICE_PICTURE}.png`)}\nAdvice: ${join(path, ADVICE_FILE)}\n`,
  );
}

/** Measures what the advice needs. @returns null when it was interrupted. */
async function measured(options: Readonly<Record<string, unknown>>, json: boolean): Promise<string | null> {
  const out = options.out as string | undefined;
  const request = parseSpectrumRequest(await requestInput(options));
  const place = out === undefined ? { parent: RUNS_FOLDER } : { path: out };
  const outcome = await followJob(
    `${request.model} spectrum`,
    (onEvent) => startJob({ request, place, report: true }, onEvent),
    json,
  );
  if (outcome.type !== 'interrupted') return outcome.path;
  reportInterruption(outcome.path);
  if (outcome.path !== null)
    process.stderr.write(`When it is finished: hesscope advise --run ${outcome.path}\n`);
  return null;
}
