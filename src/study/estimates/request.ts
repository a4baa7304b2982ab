/** What may be chosen about estimates of one matrix: eigenpairs, trace, diagonal. */
import { z } from 'zod';
import { MATRIX_CHOICES } from '../model/choices.ts';

const positive = z.int().positive();

export const eigenpairsRequestSchema = z.strictObject({
  ...MATRIX_CHOICES,
  count: positive.default(3).describe('pairs at each end of the spectrum'),
  steps: positive
    .default(300)
    .describe('Lanczos steps at most; each keeps a vector as long as the parameters'),
  tolerance: z
    .number()
    .positive()
    .lt(1)
    .default(1e-4)
    .describe('the residuals |A x - value x| that are enough, as a share of the largest |eigenvalue|'),
  slices: z.boolean().default(true).describe('whether the loss is drawn along the eigenvectors'),
  slicePoints: z.int().min(5).default(41).describe('points of the loss along each eigenvector'),
});

export const traceRequestSchema = z.strictObject({
  ...MATRIX_CHOICES,
  products: z.int().min(6).default(60).describe('products at most; a third each for sketch, range and rest'),
});

export const diagonalRequestSchema = z.strictObject({
  ...MATRIX_CHOICES,
  products: z.int().min(2).default(50).describe('products, one for each random vector of signs'),
});

/** Choices with their defaults filled in. */
export type EigenpairsRequest = z.output<typeof eigenpairsRequestSchema>;
export type TraceRequest = z.output<typeof traceRequestSchema>;
export type DiagonalRequest = z.output<typeof diagonalRequestSchema>;
export type EstimateRequest = EigenpairsRequest | TraceRequest | DiagonalRequest;

/** The schema of an estimate's request. */
export type EstimateSchema =
  | typeof eigenpairsRequestSchema
  | typeof traceRequestSchema
  | typeof diagonalRequestSchema;
