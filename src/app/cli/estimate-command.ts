/** What `hesscope eigenpairs`, `trace` and `diagonal` share: options, progress, files. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import type { z } from 'zod';
import type { OnProducts } from '../../study/estimates/matrix.ts';
import type { EstimateRequest, EstimateSchema } from '../../study/estimates/request.ts';
import { parseModelRequest } from '../../study/model/choices.ts';
import type { Engine } from '../../tensor/engine/engine.ts';
import { openOnnxRuntimeEngine } from '../../tensor/engine/onnxruntime.ts';
import { formatCount, formatDuration } from '../report/format.ts';
import { RUNS_FOLDER } from '../runs/layout.ts';
import { writeJson } from '../runs/write.ts';
import { defaultThreads } from '../worker/environment.ts';
import { addChoices, type ChoiceOption, choicesOf, MATRIX_OPTIONS } from './choices.ts';
import { INTERRUPTED_EXIT_CODE } from './exit.ts';
import { interruptible } from './interruptible.ts';

/** An estimate as a command. */
export interface EstimateCommand<Schema extends EstimateSchema, Found> {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly examples: string;
  readonly schema: Schema;
  /** Options besides those of model and matrix. */
  readonly options: readonly ChoiceOption[];
  /** Products in all, as far as they are known beforehand. */
  readonly expectedProducts: (request: z.output<Schema>) => number;
  /** @returns null when `onProducts` ended it. */
  readonly measure: (
    request: z.output<Schema>,
    engine: Engine,
    onProducts: OnProducts,
  ) => Promise<Found | null>;
  /** Writes vectors and pictures. @returns what goes into the JSON file. */
  readonly write: (out: string, found: Found) => Promise<object>;
  readonly text: (found: Found) => string;
}

/** The command, with its numbers in `<name>.json` of its folder. */
export function estimateCommand<Schema extends EstimateSchema, Found>(
  estimate: EstimateCommand<Schema, Found>,
): Command {
  const { name, summary, description, schema, examples } = estimate;
  const options = [...MATRIX_OPTIONS, ...estimate.options];
  const command = new Command(name).summary(summary).description(description);
  return addChoices(command, options, schema)
    .option('-o, --out <folder>', `where the results go (default: ${RUNS_FOLDER}/${name})`)
    .option('--json', `print ${name}.json and nothing else`)
    .addHelpText('after', examples)
    .action(async (given: Readonly<Record<string, unknown>>) => {
      const request = parseModelRequest(schema, await choicesOf(given, options));
      const out = (given.out as string | undefined) ?? join(RUNS_FOLDER, name);
      await run(estimate, request, out, given.json === true);
    });
}

async function run<Schema extends EstimateSchema, Found>(
  estimate: EstimateCommand<Schema, Found>,
  request: z.output<Schema>,
  out: string,
  json: boolean,
): Promise<void> {
  const found = await measured(estimate, request, json);
  if (found === null) {
    process.stderr.write('Stopped; nothing was written.\n');
    process.exitCode = INTERRUPTED_EXIT_CODE;
    return;
  }
  await mkdir(out, { recursive: true });
  const record = { request, ...(await estimate.write(out, found)) };
  await writeJson(join(out, `${estimate.name}.json`), record);
  process.stdout.write(
    json ? `${JSON.stringify(record, null, 2)}\n` : `${estimate.text(found)}\n\nResults: ${out}\n`,
  );
}

async function measured<Schema extends EstimateSchema, Found>(
  { name, measure, expectedProducts }: EstimateCommand<Schema, Found>,
  request: z.output<Schema>,
  silent: boolean,
): Promise<Found | null> {
  const { device, threads = defaultThreads() } = request as EstimateRequest;
  const engine = await openOnnxRuntimeEngine({ threads, device });
  const expected = expectedProducts(request);
  const startedAt = performance.now();
  return interruptible(name, silent, (tell) =>
    measure(request, engine, (done) => {
      const leftMs = ((performance.now() - startedAt) / done) * Math.max(0, expected - done);
      return tell(
        `${formatCount(done)} of at most ${formatCount(expected)} products, ${formatDuration(leftMs)} left`,
      );
    }),
  );
}
