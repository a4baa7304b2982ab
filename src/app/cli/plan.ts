/** `hesscope plan`: what `hesscope spectrum` would do with the same choices, and how large its graphs are. */
import { Command } from 'commander';
import ora from 'ora';
import { UserError } from '../../errors.ts';
import { calculateCost } from '../../study/spectrum/calculate.ts';
import type { Forecast } from '../../study/spectrum/foresee.ts';
import { openSubject } from '../../study/spectrum/prepare.ts';
import { parseSpectrumRequest, type SpectrumRequest } from '../../study/spectrum/request.ts';
import {
  blockGraphTableText,
  calculationText,
  layerTableText,
  operatorTableText,
  type SharingAnswer,
  sharingText,
} from '../report/index.ts';
import { ProcessEndedError, startPlan } from '../worker/host.ts';
import { numeric } from './choices.ts';
import { INTERRUPTED_EXIT_CODE } from './exit.ts';
import { addRequestOptions, requestInput } from './request-options.ts';
import { addSharingOptions, answerSharing, sharingQuestion } from './sharing-options.ts';

const EXAMPLES = `
Examples:
  $ hesscope plan
      the smallest GPT on the embedded text, as hesscope spectrum would measure it
  $ hesscope plan --model gpt-nano --batch 8 --memory 1000
      whether the residuals fit, and what it costs if they do not
  $ hesscope plan --config request.yaml --json
  $ hesscope plan --model gpt2 --batch 4 --blocks paper --rate 15000 --examples 240
      what it would take on a GPU that reaches 15 TFLOPS
  $ hesscope plan --model gpt-nano --batch 8 --blocks even --workers 64 --out workers.svg
      how long it takes with 1, 2, 4 to 64 machines like this one`;

export function planCommand(): Command {
  const command = new Command('plan')
    .summary('say what hesscope spectrum would do, its time, memory and graphs')
    .description(
      'Takes the choices of hesscope spectrum, measures one Hessian product and prints the plan: the method, products and time of each block, and the nodes, residuals and arithmetic of the graphs. It writes nothing but the picture that --out asks for.',
    );
  addRequestOptions(command)
    .option(
      '--rate <GFLOPS>',
      'counts what it would cost on a machine of this rate, and runs nothing',
      numeric,
    )
    .option(
      '--examples <count>',
      'with --rate: sequences or images in all, however many the data have',
      numeric,
    );
  return addSharingOptions(command)
    .option('--json', 'print the plan as JSON and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(runPlan);
}

async function runPlan(options: Readonly<Record<string, unknown>>): Promise<void> {
  const json = options.json === true;
  const request = parseSpectrumRequest(await requestInput(options));
  const question = sharingQuestion(options, request.seed);
  if (options.rate !== undefined || options.examples !== undefined) {
    const choices = {
      rateGflops: rateOf(options),
      examples: (options.examples as number | undefined) ?? null,
    };
    const { sharing, ...calculation } = calculateCost(await openSubject(request), request, choices);
    const workers = question && (await answerSharing(calculation.model.name, sharing, question));
    print(json ? { request, ...calculation } : calculationText(calculation), workers);
    return;
  }
  const foreseen = await followPlan(request, json);
  if (foreseen === null) {
    process.stderr.write('Stopped before the plan was made.\n');
    process.exitCode = INTERRUPTED_EXIT_CODE;
    return;
  }
  const { sharing, ...forecast } = foreseen;
  const workers = question && (await answerSharing(forecast.model.name, sharing, question));
  print(json ? { request, ...forecast } : forecastText(forecast, request), workers);
}

/** Prints what was found, as JSON where it is an object; then what was found about workers, if it was asked. */
function print(found: string | object, workers: SharingAnswer | null): void {
  const text =
    typeof found === 'string'
      ? [found, ...(workers ? [sharingText(workers)] : [])].join('\n\n')
      : JSON.stringify({ ...found, ...(workers && { workers }) }, null, 2);
  process.stdout.write(`${text}\n`);
}

/** @throws UserError when there is none. */
function rateOf({ rate }: Readonly<Record<string, unknown>>): number {
  if (rate === undefined)
    throw new UserError("'--examples' needs --rate: the GFLOPS that the machine reaches in matrix products.");
  return rate as number;
}

/** The forecast, or null after Ctrl-C. */
async function followPlan(request: SpectrumRequest, silent: boolean): Promise<Forecast | null> {
  const isShown = !silent && process.stderr.isTTY === true;
  const spinner = ora({ stream: process.stderr, discardStdin: false, isSilent: !isShown });
  spinner.start(`${request.model} plan: measuring a product`);
  const running = startPlan(request);
  let isInterrupted = false;
  const onInterrupt = () => {
    isInterrupted = true;
    running.kill();
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  try {
    return await running.forecast;
  } catch (error) {
    if (isInterrupted && error instanceof ProcessEndedError) return null;
    throw error;
  } finally {
    spinner.stop();
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}

function forecastText(forecast: Omit<Forecast, 'sharing'>, { precision }: SpectrumRequest): string {
  const { model, data, engine, loss, plan } = forecast;
  const parts = [
    `${model.name} (${model.parameterCount.toLocaleString('en')} parameters) on ${data.description}`,
    `${precision} on ${engine}. Loss ${loss.toFixed(4)}.\n${plan.text.join('\n')}`,
    operatorTableText(forecast),
    "Graphs, for one vector and one micro-batch. A layer's row is what it adds to the tangent graph of all above it.",
    layerTableText(forecast),
    blockGraphTableText(forecast),
  ];
  return parts.filter((part) => part !== null).join('\n\n');
}
