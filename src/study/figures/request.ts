/** What may be chosen about a figure. */
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { DEVICES } from '../../tensor/engine/device.ts';
import { refusal } from '../request-errors.ts';

const positive = z.int().positive();

/** Choices of all figures; each takes some of them. What is left out has the figure's own default. */
export const figureRequestSchema = z.strictObject({
  quick: z.boolean().default(false).describe('a small version that shows that it works; it is no evidence'),
  data: z
    .string()
    .min(1)
    .optional()
    .describe(
      'images: digits, a fetched data set, or a path such as a folder with the files of Fashion-MNIST',
    ),
  heldBack: z
    .boolean()
    .optional()
    .describe('judge by a tenth held back although the data may have a test part'),
  cs: z.array(z.number().positive()).min(1).optional().describe('values of the constant c'),
  rates: z
    .array(z.number().positive())
    .min(1)
    .optional()
    .describe('learning rates that each optimizer tries'),
  seeds: positive.optional().describe('how many seeds each training is repeated with'),
  steps: positive.optional().describe('steps of each training'),
  batch: positive.optional().describe('images or sequences in a batch'),
  examples: positive.optional().describe('images or sequences to train on and be judged by'),
  models: z.array(z.string().min(1)).min(1).optional().describe('only these of the models of the figure'),
  fullSize: z.boolean().default(false).describe("the paper's own models instead of small ones"),
  images: z.string().min(1).optional().describe('data for the models of images; by default digits'),
  text: z.string().min(1).optional().describe('data for the models of text; by default moby-dick'),
  instructions: z
    .string()
    .min(1)
    .optional()
    .describe('instructions with answers to fine-tune on; by default countries'),
  threads: positive.default(1).describe('threads of each training'),
  device: z.enum(DEVICES).default('cpu').describe('where products run: cpu, or a GPU by cuda or webgpu'),
});

/** Choices with their defaults filled in. */
export type FigureRequest = z.output<typeof figureRequestSchema>;

/** Choices that every figure takes. */
const COMMON: readonly (keyof FigureRequest)[] = ['quick', 'threads', 'device'];

/**
 * Checks the choices for a figure and fills in their defaults.
 *
 * @param takes what the figure takes besides what all do.
 * @throws UserError naming each offending key, and what the figure does not take.
 */
export function parseFigureRequest(
  figure: string,
  takes: readonly (keyof FigureRequest)[],
  input: Readonly<Record<string, unknown>>,
): FigureRequest {
  const result = figureRequestSchema.safeParse(input);
  if (!result.success) throw refusal(result.error, input, Object.keys(figureRequestSchema.shape));
  const known = new Set<string>([...COMMON, ...takes]);
  const foreign = Object.keys(input).filter((key) => !known.has(key));
  if (foreign.length > 0)
    throw new UserError(
      `Figure ${figure} has no choice of ${foreign.map((key) => `'${key}'`).join(', ')}; it has ${[...known].map((key) => `'${key}'`).join(', ')}.`,
    );
  return result.data;
}
