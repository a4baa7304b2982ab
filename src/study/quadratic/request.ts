/** What may be chosen about quadratic problems. */
import { z } from 'zod';
import { PAPER_CASES, type QuadraticCase, SIMPLIFIED_CASES } from '../../quadratic/cases.ts';
import { refusal } from '../request-errors.ts';

const CASE_NAMES = PAPER_CASES.map(({ name }) => name);
/** Those that take seconds; the measured ones have a hundred variables and take minutes. */
const DEFAULT_CASES: readonly string[] = SIMPLIFIED_CASES.map(({ name }) => name);

export const quadraticRequestSchema = z.strictObject({
  cases: z
    .array(
      z.enum(CASE_NAMES as [string, ...string[]], { error: `expected cases of ${CASE_NAMES.join(', ')}` }),
    )
    .min(1)
    .optional()
    .describe(
      `which of the paper's cases, of ${CASE_NAMES.join(', ')}; by default ${DEFAULT_CASES.join(' and ')}, or none with blocks of one's own`,
    ),
  blocks: z
    .array(z.array(z.number().positive()).min(1))
    .min(1)
    .optional()
    .describe("a problem of one's own: the eigenvalues of each block"),
  trials: z.int().positive().default(20).describe('starts, each with rotations of its own'),
  steps: z.int().positive().default(50_000).describe('steps of a descent at most'),
  target: z.number().gt(0).lt(1).default(1e-6).describe('share of the first loss that counts as solved'),
  rotation: z
    .enum(['haar', 'gaussian'])
    .default('haar')
    .describe(
      'haar: orthogonal, which keeps the eigenvalues; gaussian: as the paper literally says, which does not',
    ),
  seed: z.int().nonnegative().default(0).describe('of rotations and starts'),
});

/** Choices with their defaults filled in. */
export type QuadraticRequest = z.output<typeof quadraticRequestSchema>;

/** Checks the choices and fills in their defaults. @throws UserError naming each offending key. */
export function parseQuadraticRequest(input: unknown): QuadraticRequest {
  const result = quadraticRequestSchema.safeParse(input);
  if (result.success) return result.data;
  throw refusal(result.error, input, Object.keys(quadraticRequestSchema.shape));
}

/** The problems of a request. */
export function casesOf({ cases, blocks }: QuadraticRequest): QuadraticCase[] {
  const own: QuadraticCase[] = blocks
    ? [{ name: 'own', title: "blocks of one's own", isHeterogeneous: null, spectra: blocks }]
    : [];
  const wanted = cases ?? (blocks ? [] : DEFAULT_CASES);
  return [...PAPER_CASES.filter(({ name }) => wanted.includes(name)), ...own];
}
