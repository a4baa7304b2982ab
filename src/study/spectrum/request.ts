import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { nearMatches } from '../../names.ts';
import { BLOCK_SELECTION_HELP } from '../../network/blocks.ts';

const positive = z.int().positive();

/** Everything that determines a spectrum run, with the paper's settings as defaults (D.1). */
export const spectrumRequestSchema = z.strictObject({
  model: z.string().min(1).default('gpt-pico').describe('a model preset, such as gpt-nano'),
  data: z
    .string()
    .min(1)
    .optional()
    .describe("moby-dick, digits, or a path; by default the model's kind of embedded data"),
  tokenizer: z.enum(['character', 'gpt2']).optional().describe("for text; by default the model's"),
  labels: z.string().optional().describe('for one IDX file of images: where its labels are'),
  split: z.enum(['train', 'test']).optional().describe('for a folder of images'),
  offset: z.int().nonnegative().default(0).describe('tokens or images to leave out at the start'),
  outputScale: z.number().positive().optional().describe('the constant c of the MLP experiment (D.3)'),
  blocks: z.string().default('all').describe(BLOCK_SELECTION_HELP),
  full: z.boolean().default(true).describe('whether the whole Hessian is measured too'),
  probes: positive.default(10).describe('random vectors for each block, n_v in the paper'),
  steps: positive.default(100).describe('Lanczos steps for each probe, m in the paper'),
  probeKind: z.enum(['gaussian', 'rademacher']).default('gaussian').describe('gaussian or rademacher probes'),
  exactUpTo: z
    .int()
    .nonnegative()
    .max(10_000)
    .default(1_000)
    .describe(
      'blocks of at most this many parameters get all their eigenvalues, where that takes no more products than Lanczos',
    ),
  reorthogonalize: z.boolean().default(false).describe('full reorthogonalisation; keeps all Lanczos vectors'),
  batch: positive.default(8).describe('sequences or images in a micro-batch'),
  microBatches: positive.default(1).describe('micro-batches whose products are averaged'),
  seed: z.int().nonnegative().default(0).describe('of all random streams'),
  precision: z.enum(['float32', 'float64']).default('float32').describe('float32 or float64 products'),
  threads: positive.optional().describe('threads of one product; by default all cores'),
  memoryMiB: positive
    .optional()
    .describe('memory for what is kept between products; by default half of the free memory'),
});

/** A request with its defaults filled in. */
export type SpectrumRequest = z.output<typeof spectrumRequestSchema>;
/** A request as users write it. */
export type SpectrumRequestInput = z.input<typeof spectrumRequestSchema>;

/**
 * Checks a request and fills in its defaults.
 * @throws UserError naming each offending key, what was expected and what was found.
 */
export function parseSpectrumRequest(input: unknown): SpectrumRequest {
  const result = spectrumRequestSchema.safeParse(input);
  if (result.success) return result.data;
  throw new UserError(
    `The request is not valid: ${result.error.issues.map((issue) => explain(issue, input)).join('; ')}.`,
  );
}

/**
 * Choices that do not change the numbers of a run: they may differ from part to part of it. Threads are not among
 * them: sums over few rows are split among threads, so their number shows in the last bits.
 */
const FREE_KEYS: ReadonlySet<string> = new Set(['memoryMiB']);

/**
 * What of the choices given now is not as a run was made with, one phrase for each; keys that are not given agree.
 */
export function differingChoices(
  given: Readonly<Record<string, unknown>>,
  request: SpectrumRequest,
): string[] {
  const stored = request as Readonly<Record<string, unknown>>;
  const show = (value: unknown) => (value === undefined ? 'left out' : JSON.stringify(value));
  return Object.entries(given).flatMap(([key, value]) =>
    FREE_KEYS.has(key) || stored[key] === value
      ? []
      : [`'${key}' was ${show(stored[key])}, now ${show(value)}`],
  );
}

/** A request with every key that there is, so that one which is left out counts as a choice too. */
export function completeChoices(request: SpectrumRequest): Record<string, unknown> {
  const keys = Object.keys(spectrumRequestSchema.shape) as (keyof SpectrumRequest)[];
  return Object.fromEntries(keys.map((key) => [key, request[key]]));
}

function explain(issue: z.core.$ZodIssue, input: unknown): string {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(spectrumRequestSchema.shape);
    return issue.keys
      .map((key) => `unknown key '${key}' (did you mean '${nearMatches(key, known, 1)[0]}'?)`)
      .join('; ');
  }
  const key = issue.path.join('.');
  const found = issue.path.reduce<unknown>(
    (value, part) => (value as Record<PropertyKey, unknown>)?.[part],
    input,
  );
  return `'${key}': ${issue.message}, found ${JSON.stringify(found)}`;
}
