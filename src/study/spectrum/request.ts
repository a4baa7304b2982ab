import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { nearMatches } from '../../names.ts';
import { BLOCK_SELECTION_HELP } from '../../network/blocks.ts';
import { LOSS_NAMES } from '../../network/models/losses.ts';
import { DEVICES } from '../../tensor/engine/device.ts';

const positive = z.int().positive();

/** Everything that determines a spectrum run, with the paper's settings as defaults (D.1). */
export const spectrumRequestSchema = z.strictObject({
  model: z.string().min(1).default('gpt-pico').describe('a model preset, such as gpt-nano, or an ONNX file'),
  data: z
    .string()
    .min(1)
    .optional()
    .describe(
      "moby-dick, digits, a fetched data set or a path; by default the model's kind of embedded data",
    ),
  weights: z
    .string()
    .min(1)
    .optional()
    .describe(
      'trained weights: a .safetensors file, a folder with one, or a fetched model; by default drawn',
    ),
  tokenizer: z
    .union([z.enum(['character', 'gpt2', 'bert']), z.templateLiteral([z.string(), '.json'])], {
      error: 'expected character, gpt2, bert or the path of a tokenizer.json',
    })
    .optional()
    .describe("for text: character, gpt2, bert or the path of a tokenizer.json; by default the model's"),
  inputs: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('for an ONNX file: .npy or .npz files in the order of its inputs, or each as input=file'),
  targets: z
    .string()
    .min(1)
    .optional()
    .describe('for an ONNX file: a .npy file with what the loss compares with'),
  loss: z
    .enum(LOSS_NAMES)
    .optional()
    .describe(
      `for an ONNX file: ${LOSS_NAMES.join(', ')}; by default cross-entropy with targets, none (its output is the loss) without`,
    ),
  output: z
    .string()
    .min(1)
    .optional()
    .describe('for an ONNX file: the output that goes into the loss; by default the first'),
  blocksFile: z
    .string()
    .min(1)
    .optional()
    .describe('for an ONNX file: a YAML file that names, joins, splits or leaves out blocks'),
  labels: z.string().optional().describe('for one IDX file of images: where its labels are'),
  split: z.enum(['train', 'test']).optional().describe('for data in two parts: train or test'),
  field: z
    .string()
    .min(1)
    .optional()
    .describe('for JSON lines and Parquet: where the text is, or the classes of images'),
  imageSize: positive
    .optional()
    .describe("for pictures in files: side in pixels to which they are resized; by default the model's"),
  offset: z.int().nonnegative().default(0).describe('tokens or images to leave out at the start'),
  outputScale: z.number().positive().optional().describe('the constant c of the MLP experiment (D.3)'),
  modelOptions: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe("options of the model by name, as 'hesscope models --options' lists them"),
  blocks: z.string().default('all').describe(BLOCK_SELECTION_HELP),
  full: z.boolean().default(true).describe('whether the whole Hessian is measured too'),
  probes: positive.default(10).describe('random vectors for each block, n_v in the paper'),
  steps: positive.default(100).describe('Lanczos steps for each probe, m in the paper'),
  tolerance: z
    .number()
    .positive()
    .lt(1)
    .optional()
    .describe(
      'ends a probe before its last step, once its density moves by no more than this share of its range (0.01, say); by default all steps are taken',
    ),
  probeKind: z.enum(['gaussian', 'rademacher']).default('gaussian').describe('gaussian or rademacher probes'),
  exactUpTo: z
    .int()
    .nonnegative()
    .max(10_000)
    .optional()
    .describe(
      'blocks of at most this many parameters get all their eigenvalues instead of a density from probes; by default those of at most 4000 that take no more products so',
    ),
  reorthogonalize: z.boolean().default(false).describe('full reorthogonalisation; keeps all Lanczos vectors'),
  batch: positive.default(8).describe('sequences or images in a micro-batch'),
  microBatches: z
    .union([positive, z.literal('paper')], { error: "expected a whole number of at least 1, or 'paper'" })
    .default(1)
    .describe('micro-batches whose products are averaged; paper: as many as make up the batch of the paper'),
  seed: z.int().nonnegative().default(0).describe('of all random streams'),
  precision: z.enum(['float32', 'float64']).default('float32').describe('float32 or float64 products'),
  device: z.enum(DEVICES).default('cpu').describe('where products run: cpu, or a GPU by cuda or webgpu'),
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
 * @throws UserError naming each offending key, what was expected and what was found; or that a device cannot do what is
 *   asked of it.
 */
export function parseSpectrumRequest(input: unknown): SpectrumRequest {
  const result = spectrumRequestSchema.safeParse(input);
  if (result.success) {
    refuseFloat64OnWebGpu(result.data);
    return result.data;
  }
  throw new UserError(
    `The request is not valid: ${result.error.issues.map((issue) => explain(issue, input)).join('; ')}.`,
  );
}

/** WebGPU's language of shaders has no 64-bit floats, and the runtime would compute such operations on the CPU. */
function refuseFloat64OnWebGpu({ device, precision }: SpectrumRequest): void {
  if (device === 'webgpu' && precision === 'float64')
    throw new UserError(
      "'precision': expected float32 on the device 'webgpu', which has no float64 arithmetic, found \"float64\"; choose float32, or the device 'cpu'.",
    );
}

/**
 * Choices that do not change the numbers of a run: they may differ from part to part of it. Neither threads nor the
 * device are among them: sums over few rows are split among threads, and each device sums in an order of its own, so
 * both show in the last bits.
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
    FREE_KEYS.has(key) || isDeepStrictEqual(stored[key], value)
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
