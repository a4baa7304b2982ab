import { z } from 'zod';
import { BLOCK_SELECTION_HELP } from '../../network/blocks.ts';
import { LOSS_NAMES } from '../../network/models/losses.ts';
import { CURVATURE_CHOICE, MODEL_CHOICES, refuseFloat64OnWebGpu } from '../model/choices.ts';
import { refusal } from '../request-errors.ts';

const positive = z.int().positive();

/** Everything that determines a spectrum run, with the paper's settings as defaults (D.1). */
export const spectrumRequestSchema = z.strictObject({
  ...MODEL_CHOICES,
  ...CURVATURE_CHOICE,
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
  offset: z.int().nonnegative().default(0).describe('tokens or images to leave out at the start'),
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
  ranges: positive
    .default(1)
    .describe(
      'sums the products of so many ranges of micro-batches apart, then the ranges in their order; with workers, each holds the data of a range and makes its share of every product',
    ),
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
  throw refusal(result.error, input, Object.keys(spectrumRequestSchema.shape));
}

/** The spectrum request by which the model, data and blocks of another request are opened: the choices that both have. */
export function spectrumRequestOf(request: Readonly<Record<string, unknown>>): SpectrumRequest {
  const { shape } = spectrumRequestSchema;
  return parseSpectrumRequest(
    Object.fromEntries(Object.entries(request).filter(([key]) => Object.hasOwn(shape, key))),
  );
}

/** A request with every key that there is, so that one which is left out counts as a choice too. */
export function completeChoices(request: SpectrumRequest): Record<string, unknown> {
  const keys = Object.keys(spectrumRequestSchema.shape) as (keyof SpectrumRequest)[];
  return Object.fromEntries(keys.map((key) => [key, request[key]]));
}
