/** What may be chosen about an exact Hessian. */
import { z } from 'zod';
import { CURVATURE_CHOICE, MODEL_CHOICES, parseModelRequest } from '../model/choices.ts';
import { parseSpectrumRequest, type SpectrumRequest } from '../spectrum/request.ts';
import { GROUPINGS } from './groups.ts';

const positive = z.int().positive();

/** What is looked at, and which parameters make a block. */
const BLOCK_CHOICES = {
  ...MODEL_CHOICES,
  ...CURVATURE_CHOICE,
  offset: z.int().nonnegative().default(0).describe('sequences, images or tokens that are passed over'),
  blocks: z
    .string()
    .min(1)
    .default('all')
    .describe('whose rows and columns are formed; paper: those of the paper, where the model has such'),
  group: z
    .enum(GROUPINGS)
    .default('parameter')
    .describe(
      'what makes a block: a parameter, a layer, a unit (its incoming weights and its bias), or paper: query and key, value and projection, MLP',
    ),
  batch: positive.default(8).describe('sequences or images in a micro-batch'),
  microBatches: positive.default(1).describe('micro-batches over which the loss is averaged'),
};

export const exactRequestSchema = z.strictObject({
  ...BLOCK_CHOICES,
  precision: z.enum(['float32', 'float64']).default('float64').describe('float32 or float64 products'),
  largest: positive.default(10_000).describe('rows at most; the matrix takes 8 bytes for the square of them'),
});

export const couplingRequestSchema = z.strictObject({
  ...BLOCK_CHOICES,
  probes: z.int().min(2).default(8).describe('random vectors of each block; errors need at least two'),
});

/** Choices with their defaults filled in. */
export type ExactRequest = z.output<typeof exactRequestSchema>;
export type CouplingRequest = z.output<typeof couplingRequestSchema>;

/** Checks the choices and fills in their defaults. @throws UserError naming each offending key. */
export function parseExactRequest(input: unknown): ExactRequest {
  return parseModelRequest(exactRequestSchema, input);
}

/** Checks the choices and fills in their defaults. @throws UserError naming each offending key. */
export function parseCouplingRequest(input: unknown): CouplingRequest {
  return parseModelRequest(couplingRequestSchema, input);
}

/** The request by which the same model, data and blocks are opened for spectra. */
export function subjectRequest(request: ExactRequest | CouplingRequest): SpectrumRequest {
  const { group: _group, largest: _largest, ...shared } = { largest: null, ...request };
  return parseSpectrumRequest(shared);
}
