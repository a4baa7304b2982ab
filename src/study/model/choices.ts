import { z } from 'zod';
import { CURVATURE_KINDS, CURVATURES } from '../../curvature/products/index.ts';
import { UserError } from '../../errors.ts';
import { BLOCK_SELECTION_HELP } from '../../network/blocks.ts';
import { DEVICES } from '../../tensor/engine/device.ts';
import { refusal } from '../request-errors.ts';

const positive = z.int().positive();

/** What every request chooses: the model, its data, and where and how it is computed. */
export const MODEL_CHOICES = {
  model: z.string().min(1).default('gpt-pico').describe('a model preset, such as gpt-nano, or an ONNX file'),
  data: z
    .string()
    .min(1)
    .optional()
    .describe(
      "moby-dick, countries, digits, a fetched data set or a path; by default the model's kind of embedded data",
    ),
  weights: z
    .string()
    .min(1)
    .optional()
    .describe(
      'trained weights: a .safetensors file, a folder with one, or a fetched model; by default drawn',
    ),
  tokenizer: z
    .union([z.enum(['character', 'byte', 'gpt2', 'bert']), z.templateLiteral([z.string(), '.json'])], {
      error: 'expected character, byte, gpt2, bert or the path of a tokenizer.json',
    })
    .optional()
    .describe(
      "for text: character, byte, gpt2, bert or the path of a tokenizer.json; by default the model's",
    ),
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
  outputScale: z.number().positive().optional().describe('the constant c of the MLP experiment (D.3)'),
  modelOptions: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe("options of the model by name, as 'hesscope models --options' lists them"),
  seed: z.int().nonnegative().default(0).describe('of all random streams'),
  precision: z.enum(['float32', 'float64']).default('float32').describe('float32 or float64 products'),
  device: z.enum(DEVICES).default('cpu').describe('where products run: cpu, or a GPU by cuda or webgpu'),
  threads: positive.optional().describe('threads of one product; by default all cores'),
};

/** Which matrix is looked at. */
export const CURVATURE_CHOICE = {
  curvature: z
    .enum(CURVATURE_KINDS)
    .default('hessian')
    .describe(CURVATURE_KINDS.map((kind) => `${kind}: ${CURVATURES[kind].summary}`).join('; ')),
};

/** One matrix: that of all selected blocks together, at one place of the data. */
export const MATRIX_CHOICES = {
  ...MODEL_CHOICES,
  ...CURVATURE_CHOICE,
  offset: z.int().nonnegative().default(0).describe('sequences, images or tokens that are passed over'),
  blocks: z.string().min(1).default('all').describe(BLOCK_SELECTION_HELP),
  batch: positive.default(8).describe('sequences or images in a micro-batch'),
  microBatches: positive.default(1).describe('micro-batches over which the loss is averaged'),
};

const modelChoicesSchema = z.object(MODEL_CHOICES);

/** The choices of model and data in a request with its defaults filled in. */
export type ModelChoices = z.output<typeof modelChoicesSchema>;

/**
 * WebGPU's language of shaders has no 64-bit floats, and the runtime would compute such operations on the CPU.
 * @throws UserError when both are asked for.
 */
export function refuseFloat64OnWebGpu({ device, precision }: ModelChoices): void {
  if (device === 'webgpu' && precision === 'float64')
    throw new UserError(
      "'precision': expected float32 on the device 'webgpu', which has no float64 arithmetic, found \"float64\"; choose float32, or the device 'cpu'.",
    );
}

/**
 * Checks choices of model, data and more, and fills in their defaults.
 *
 * @throws UserError naming each offending key, or that a device cannot do what is asked of it.
 */
export function parseModelRequest<Schema extends z.ZodObject<typeof MODEL_CHOICES>>(
  schema: Schema,
  input: unknown,
): z.output<Schema> {
  const result = schema.safeParse(input);
  if (!result.success) throw refusal(result.error, input, Object.keys(schema.shape));
  refuseFloat64OnWebGpu(result.data as ModelChoices);
  return result.data;
}
