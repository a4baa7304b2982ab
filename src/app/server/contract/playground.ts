/** The playground of quadratic problems. */
import { z } from 'zod';

/** Eigenvalues in a problem at most: a descent is then a matter of milliseconds. */
export const MOST_EIGENVALUES = 24;

export const quadraticInputSchema = z.object({
  /** The eigenvalues of each block. */
  blocks: z
    .array(z.array(z.number().positive().max(1e12)).min(1))
    .min(1)
    .refine((blocks) => blocks.flat().length <= MOST_EIGENVALUES, {
      error: `expected at most ${MOST_EIGENVALUES} eigenvalues in all`,
    }),
  /** Of rotations and start. */
  seed: z.int().nonnegative().default(0),
});

/** One descent by each method from one start. */
export const quadraticAnswerSchema = z.object({
  dim: z.int().positive(),
  conditionNumber: z.number(),
  methods: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      /** The best of those tried; null where it follows from the problem. */
      rate: z.number().nullable(),
      /** Until the loss is a millionth of the first; null when it never was. */
      stepsToTarget: z.int().nullable(),
      hasDiverged: z.boolean(),
      /** Relative to the first loss, thinned. */
      curve: z.array(z.object({ step: z.int().nonnegative(), loss: z.number() })),
    }),
  ),
});

export type QuadraticInput = z.input<typeof quadraticInputSchema>;
export type QuadraticAnswer = z.output<typeof quadraticAnswerSchema>;
