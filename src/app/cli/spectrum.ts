/** `hesscope spectrum`: the whole Hessian's spectrum, every block's, and the distances between them. */
import { Command } from 'commander';
import { UserError } from '../../errors.ts';
import { parseSpectrumRequest } from '../../study/spectrum/request.ts';
import { readRun } from '../runs/directory.ts';
import { RUNS_FOLDER } from '../runs/layout.ts';
import { startJob } from '../worker/host.ts';
import type { SpectrumJob } from '../worker/protocol.ts';
import { followJob, reportInterruption } from './follow-job.ts';
import { addRequestOptions, requestInput } from './request-options.ts';
import { resultJson, resultText } from './results.ts';
import { findResumable } from './resume.ts';
import type { StagesCommand } from './stages.ts';

const EXAMPLES = `
Examples:
  $ hesscope spectrum
      the smallest GPT on the embedded text, all blocks, 10 probes of 100 steps
  $ hesscope spectrum --model mlp --batch 128 --output-scale 5
      the paper's MLP on the embedded digits with c = 5
  $ hesscope spectrum --model gpt-nano --data shakespeare.txt --blocks even --probes 2 --steps 10 --out runs/nano
  $ hesscope spectrum --out runs/nano --resume
      goes on where that run was stopped or killed
  $ hesscope spectrum --blocks 'kind:query,layer:1,*.mlp.*' --no-full --json
  $ hesscope spectrum --config request.yaml --seed 1
  $ hesscope spectrum --model gpt-nano --workers 2
      units of work in two processes, each with half of the cores
  $ hesscope spectrum --model gpt-nano --queue redis://127.0.0.1:6379 --out runs/nano
      ... in processes of 'hesscope worker' on any machine; Ctrl-C leaves them at work, --resume takes what they have done
  $ hesscope spectrum --model gpt-nano --micro-batches 64 --ranges 4 --queue redis://127.0.0.1:6379 --store /shared/hesscope
      data of four machines: each worker holds a range of the micro-batches and makes its share of every product
  $ hesscope train --model gpt-pico --checkpoints 0,0.1,0.5,1 --out runs/pico
  $ hesscope spectrum --checkpoints runs/pico --out runs/pico-stages
      the spectrum at every checkpoint of that training, side by side; the same again goes on with what is not done
  $ hesscope spectrum --checkpoints runs/pico/checkpoints/step-000000.safetensors runs/pico/checkpoints/best.safetensors`;

export function spectrumCommand(): Command {
  const command = new Command('spectrum')
    .summary('measure the spectra of the whole Hessian and of every block, and JS0')
    .description(
      'Measures the Hessian of a model block by block at initialisation: Lanczos and Gauss quadrature give spectral densities, Jensen-Shannon distances between blocks give JS0.',
    );
  return addRequestOptions(command)
    .option('-o, --out <folder>', `where the run goes (default: ${RUNS_FOLDER}/<time>-<model>)`)
    .option('--resume', 'go on with the run at --out, or with the newest unfinished one of these choices')
    .option(
      '--checkpoints <places...>',
      'measure every stage of a training: its folder, or safetensors files; model, data and seed are the training’s',
    )
    .option(
      '--workers <count>',
      'share the work among so many processes of this machine; the numbers are those of one',
    )
    .option(
      '--queue <address>',
      'share the work among workers on any machine, by Redis or Valkey at an address such as redis://host:6379',
    )
    .option(
      '--store <place>',
      'with --queue: a folder that all machines mount, or s3://bucket/prefix, for files that the request names and for results',
    )
    .option('--no-report', 'leave out figures and report')
    .option('--json', 'print the result as JSON and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(runSpectrum);
}

async function runSpectrum(options: Readonly<Record<string, unknown>>): Promise<void> {
  const json = options.json === true;
  if (options.checkpoints !== undefined) {
    const { runStages } = await import('./stages.ts');
    return runStages(await requestInput(options), stagesOf(options));
  }
  const job = await jobOf(options);
  const outcome = await followJob(`${job.request.model} spectrum`, (onEvent) => startJob(job, onEvent), json);
  const { type, path } = outcome;
  if (type === 'interrupted') reportInterruption(path);
  if (path === null) return;
  const record = await readRun(path);
  if (json) process.stdout.write(`${JSON.stringify(resultJson(path, type, record), null, 2)}\n`);
  else if (type === 'finished') process.stdout.write(`${resultText(path, record, job.report)}\n`);
}

/** @throws UserError when it is not said what to resume. */
function stagesOf(options: Readonly<Record<string, unknown>>): StagesCommand {
  const out = options.out as string | undefined;
  if (options.resume === true && out === undefined)
    throw new UserError('--resume with --checkpoints needs the folder to go on with: name it with --out.');
  return {
    places: options.checkpoints as string[],
    out,
    parent: RUNS_FOLDER,
    report: options.report !== false,
    json: options.json === true,
  };
}

/** @throws UserError for a number of workers that is none, or both of workers here and a queue. */
function sharingOf({
  workers,
  queue,
  store,
}: Readonly<Record<string, unknown>>): Pick<SpectrumJob, 'sharing'> {
  if (queue !== undefined && workers !== undefined)
    throw new UserError(
      "'--workers' are processes of this machine, '--queue' is for workers anywhere: expected one of them, found both; start workers of a queue by 'hesscope worker'",
    );
  if (queue !== undefined)
    return {
      sharing: { kind: 'queue', address: queue as string, store: (store as string | undefined) ?? null },
    };
  if (store !== undefined)
    throw new UserError(
      "'--store' is where the workers of a queue find files; give '--queue' too, or leave it out",
    );
  if (workers === undefined) return {};
  const processes = Number(workers);
  if (!Number.isSafeInteger(processes) || processes < 1)
    throw new UserError(`'--workers': expected a whole number of at least 1, found '${workers}'`);
  return { sharing: { kind: 'processes', processes } };
}

async function jobOf(options: Readonly<Record<string, unknown>>): Promise<SpectrumJob> {
  const input = await requestInput(options);
  const out = options.out as string | undefined;
  const common = { report: options.report !== false, ...sharingOf(options) };
  if (options.resume === true) {
    const { path, request } = await findResumable(input, out, RUNS_FOLDER);
    // What only bounds the memory may be chosen anew.
    const { memoryMiB } = parseSpectrumRequest(input);
    return {
      request: memoryMiB === undefined ? request : { ...request, memoryMiB },
      place: { resume: path },
      ...common,
    };
  }
  return {
    request: parseSpectrumRequest(input),
    place: out === undefined ? { parent: RUNS_FOLDER } : { path: out },
    ...common,
  };
}
