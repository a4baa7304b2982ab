/** `hesscope train`: a training with metrics, checkpoints and the same bits after an interruption. */
import { Command } from 'commander';
import { UserError } from '../../errors.ts';
import { differingChoices } from '../../study/request-differences.ts';
import { parseTrainingRequest } from '../../study/training/request.ts';
import { readRun } from '../runs/directory.ts';
import { RUNS_FOLDER } from '../runs/layout.ts';
import { startTrainingJob } from '../worker/host.ts';
import type { TrainingJob } from '../worker/protocol.ts';
import { followJob, reportInterruption } from './follow-job.ts';
import { addTrainingOptions, trainingInput } from './training-options.ts';
import { trainingJson, trainingText } from './training-results.ts';

const EXAMPLES = `
Examples:
  $ hesscope train
      the smallest GPT on the embedded text by AdamW, 200 steps
  $ hesscope train --model mlp --optimizer sgd --learning-rate 0.05 --batch 128 --steps 469
      one epoch of the paper's MLP experiment on the embedded digits
  $ hesscope train --model gpt-pico --schedule cosine --warmup 20 --checkpoints 0,0.1,0.5,1 --out runs/pico
      keeps the parameters before the first step, after a tenth and half of the training, and at its end
  $ hesscope train --out runs/pico --resume
      goes on where that training was stopped or killed, with the same bits
  $ hesscope spectrum --model gpt-pico --weights runs/pico/checkpoints/best.safetensors
      the spectra of what was trained
  $ hesscope spectrum --checkpoints runs/pico --out runs/pico-stages
      the spectra of all that was kept, side by side`;

export function trainCommand(): Command {
  const command = new Command('train')
    .summary('train a model by SGD, Adam or another optimizer')
    .description(
      'Trains a model and keeps its metrics and checkpoints. A tenth of the data is held back to judge it by.',
    );
  return addTrainingOptions(command)
    .option('-o, --out <folder>', `where the run goes (default: ${RUNS_FOLDER}/<time>-<model>)`)
    .option('--resume', 'go on with the training at --out')
    .option('--json', 'print the result as JSON and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(runTrain);
}

async function runTrain(options: Readonly<Record<string, unknown>>): Promise<void> {
  const json = options.json === true;
  const job = await jobOf(options);
  const outcome = await outcomeOf(job, json);
  if (outcome.type === 'interrupted') reportInterruption(outcome.path, 'hesscope train');
  if (outcome.path === null) return;
  const text = json ? await trainingJson(outcome.path, outcome.type) : await trainingText(outcome.path);
  if (json || outcome.type === 'finished') process.stdout.write(`${text}\n`);
}

/** A training that is finished already has nothing to go on with, and is told as it is. */
async function outcomeOf(job: TrainingJob, silent: boolean): ReturnType<typeof followJob> {
  const { request, place } = job;
  if ('resume' in place && (await readRun(place.resume)).run.status === 'finished')
    return { type: 'finished', path: place.resume };
  const title = `${request.model} ${request.optimizer}`;
  return followJob(title, (onEvent) => startTrainingJob(job, onEvent), silent);
}

async function jobOf(options: Readonly<Record<string, unknown>>): Promise<TrainingJob> {
  const input = await trainingInput(options);
  const out = options.out as string | undefined;
  if (options.resume !== true)
    return {
      request: parseTrainingRequest(input),
      place: out === undefined ? { parent: RUNS_FOLDER } : { path: out },
    };
  if (out === undefined)
    throw new UserError('--resume needs the training to go on with: name it with --out.');
  const { run } = await readRun(out);
  if (run.kind !== 'training')
    throw new UserError(`The run at '${out}' is no training; go on with it by 'hesscope spectrum --resume'.`);
  const request = parseTrainingRequest(run.request);
  const different = differingChoices(input, request);
  if (different.length > 0)
    throw new UserError(
      `The training at '${out}' was made with other choices: ${different.join('; ')}. Give the same ones, or choose another --out for a new one.`,
    );
  return { request, place: { resume: out } };
}
