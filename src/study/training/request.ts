import { z } from 'zod';
import { AUGMENTATIONS } from '../../training/augmentation.ts';
import { optimizerNames } from '../../training/optimizers/index.ts';
import { SCHEDULES } from '../../training/schedule.ts';
import { MODEL_CHOICES, refuseFloat64OnWebGpu } from '../model/choices.ts';
import { refusal } from '../request-errors.ts';

const positive = z.int().positive();

/** What an evaluation looks at unless told otherwise: so much that it takes no longer than a few steps. */
export const DEFAULT_VALIDATION_IMAGES = 512;
export const DEFAULT_VALIDATION_TOKENS = 2 ** 15;

/** Everything that determines a training. */
export const trainingRequestSchema = z.strictObject({
  ...MODEL_CHOICES,
  optimizer: z.enum(optimizerNames()).default('adamw').describe(optimizerNames().join(', ')),
  optimizerSettings: z
    .record(z.string(), z.union([z.number(), z.string(), z.record(z.string(), z.number())]))
    .default({})
    .describe('settings of the optimizer by name, such as beta2=0.95 or momentum=0'),
  learningRate: z
    .number()
    .positive()
    .optional()
    .describe('the largest that the schedule reaches; by default 0.1 for SGD and 0.001 for the others'),
  steps: positive.default(200).describe('steps of the optimizer'),
  batch: positive.default(32).describe('sequences or images in one pass'),
  accumulation: positive.default(1).describe('passes whose gradients are averaged in a step'),
  schedule: z
    .enum(SCHEDULES)
    .default('constant')
    .describe(`of the learning rate after the warm-up: ${SCHEDULES.join(', ')}`),
  warmup: z.int().nonnegative().default(0).describe('steps over which the learning rate rises'),
  finalFactor: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('what cosine and linear end at, as a share of the learning rate'),
  decayFactor: z.number().positive().default(0.1).describe('by which the step schedule multiplies the rate'),
  decayEvery: positive.optional().describe('after how many steps the step schedule does so'),
  weightDecay: z.number().nonnegative().default(0).describe('decoupled; of weights, not of biases or norms'),
  clip: z
    .number()
    .nonnegative()
    .optional()
    .describe('bound of the gradient’s norm, 0 for none; by default 1 for language and none for images'),
  dropout: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe('rate of every place that has dropout; by default the model’s own'),
  examples: positive
    .optional()
    .describe('sequences or images to train on and be judged by; by default all that the data hold'),
  validationShare: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.1)
    .describe('share of them, the last ones, that is never trained on'),
  validationSplit: z
    .enum(['train', 'test'])
    .optional()
    .describe('for data in two parts: be judged by all of this one, and train on all of the other'),
  validationExamples: positive
    .optional()
    .describe(
      `how many of these an evaluation looks at, the first ones, in whole batches; by default ${DEFAULT_VALIDATION_IMAGES} images, or sequences of ${DEFAULT_VALIDATION_TOKENS} tokens together`,
    ),
  augment: z
    .enum(AUGMENTATIONS)
    .default('none')
    .describe(
      'images to train on, changed at random each time: none, flip (left to right, every other one), crop (moved by up to an eighth of the side, black beyond it) or flip-crop',
    ),
  divergenceFactor: z
    .number()
    .gt(1)
    .default(10)
    .describe('a loss above this multiple of the first one has diverged, and ends the training'),
  evaluateEvery: positive.default(50).describe('steps between two evaluations'),
  checkpoints: z
    .array(z.number().min(0).max(1))
    .default([0, 1])
    .describe(
      'shares of the training, 0 to 1, after which the parameters are kept; with none, the best ones are not kept either',
    ),
});

/** A request with its defaults filled in. */
export type TrainingRequest = z.output<typeof trainingRequestSchema>;
/** A request as users write it. */
export type TrainingRequestInput = z.input<typeof trainingRequestSchema>;

/** Checks a request and fills in its defaults. @throws UserError naming each offending key. */
export function parseTrainingRequest(input: unknown): TrainingRequest {
  const result = trainingRequestSchema.safeParse(input);
  if (result.success) {
    refuseFloat64OnWebGpu(result.data);
    return result.data;
  }
  throw refusal(result.error, input, Object.keys(trainingRequestSchema.shape));
}
