/** What may be chosen about the coupling of blocks. */
import { z } from 'zod';
import { MODEL_CHOICES, refuseFloat64OnWebGpu } from '../model/choices.ts';
import { refusal } from '../request-errors.ts';
import { parseSpectrumRequest, type SpectrumRequest } from '../spectrum/request.ts';
import { GROUPINGS } from './groups.ts';

const positive = z.int().positive();

export const couplingRequestSchema = z.strictObject({
  ...MODEL_CHOICES,
  offset: z.int().nonnegative().default(0).describe('sequences, images or tokens that are passed over'),
  blocks: z.string().min(1).default('all').describe('whose coupling is measured'),
  group: z
    .enum(GROUPINGS)
    .default('parameter')
    .describe('what makes a block: a parameter, a layer, or paper: query and key, value and projection, MLP'),
  probes: z.int().min(2).default(8).describe('random vectors of each block; errors need at least two'),
  batch: positive.default(8).describe('sequences or images in a micro-batch'),
  microBatches: positive.default(1).describe('micro-batches over which the loss is averaged'),
});

/** Choices with their defaults filled in. */
export type CouplingRequest = z.output<typeof couplingRequestSchema>;

/** Checks the choices and fills in their defaults. @throws UserError naming each offending key. */
export function parseCouplingRequest(input: unknown): CouplingRequest {
  const result = couplingRequestSchema.safeParse(input);
  if (!result.success) throw refusal(result.error, input, Object.keys(couplingRequestSchema.shape));
  refuseFloat64OnWebGpu(result.data);
  return result.data;
}

/** The request by which the same model, data and blocks are opened for spectra. */
export function couplingSubject({ group: _group, ...shared }: CouplingRequest): SpectrumRequest {
  return parseSpectrumRequest(shared);
}
