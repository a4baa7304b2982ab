/** What may be chosen about an exact Hessian. */
import { z } from 'zod';
import { MODEL_CHOICES, refuseFloat64OnWebGpu } from '../model/choices.ts';
import { refusal } from '../request-errors.ts';
import { parseSpectrumRequest, type SpectrumRequest } from '../spectrum/request.ts';
import { GROUPINGS } from './groups.ts';

const positive = z.int().positive();

export const exactRequestSchema = z.strictObject({
  ...MODEL_CHOICES,
  precision: z.enum(['float32', 'float64']).default('float64').describe('float32 or float64 products'),
  offset: z.int().nonnegative().default(0).describe('sequences, images or tokens that are passed over'),
  blocks: z
    .string()
    .min(1)
    .default('all')
    .describe('whose rows and columns are formed; paper: those of the paper, where the model has such'),
  group: z
    .enum(GROUPINGS)
    .default('parameter')
    .describe('what makes a block: a parameter, a layer, or paper: query and key, value and projection, MLP'),
  batch: positive.default(8).describe('sequences or images in a micro-batch'),
  microBatches: positive.default(1).describe('micro-batches over which the loss is averaged'),
  largest: positive.default(10_000).describe('rows at most; the matrix takes 8 bytes for the square of them'),
});

/** Choices with their defaults filled in. */
export type ExactRequest = z.output<typeof exactRequestSchema>;

/** Checks the choices and fills in their defaults. @throws UserError naming each offending key. */
export function parseExactRequest(input: unknown): ExactRequest {
  const result = exactRequestSchema.safeParse(input);
  if (!result.success) throw refusal(result.error, input, Object.keys(exactRequestSchema.shape));
  refuseFloat64OnWebGpu(result.data);
  return result.data;
}

/** The request by which the same model, data and blocks are opened for spectra. */
export function subjectRequest({
  group: _group,
  largest: _largest,
  ...shared
}: ExactRequest): SpectrumRequest {
  return parseSpectrumRequest(shared);
}
