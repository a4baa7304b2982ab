/** What may be chosen about an exact Hessian. */
import { z } from 'zod';
import { MATRIX_CHOICES, parseModelRequest } from '../model/choices.ts';
import { GROUPINGS } from './groups.ts';

const positive = z.int().positive();

/** What is looked at, and which parameters make a block. */
const BLOCK_CHOICES = {
  ...MATRIX_CHOICES,
  group: z
    .enum(GROUPINGS)
    .default('parameter')
    .describe(
      'what makes a block: a parameter, a layer, a unit (its incoming weights and its bias), or paper: query and key, value and projection, MLP',
    ),
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
