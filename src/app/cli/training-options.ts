/** The options of a training and of a comparison of several. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { UserError } from '../../errors.ts';
import { parseJson } from '../../json-text.ts';
import { type ComparisonRequest, comparisonRequestSchema } from '../../study/training/comparison.ts';
import { type TrainingRequest, trainingRequestSchema } from '../../study/training/request.ts';
import {
  addChoices,
  type ChoiceOption,
  choicesOf,
  MODEL_OPTIONS,
  numbers,
  numeric,
  setting,
} from './choices.ts';

/** What one training and a comparison of several have in common. */
const SHARED = [
  ...MODEL_OPTIONS,
  { key: 'steps', flags: '-s, --steps <count>', parse: numeric },
  { key: 'batch', flags: '--batch <count>', parse: numeric },
  { key: 'accumulation', flags: '--accumulation <count>', parse: numeric },
  { key: 'schedule', flags: '--schedule <kind>' },
  { key: 'warmup', flags: '--warmup <steps>', parse: numeric },
  { key: 'finalFactor', flags: '--final-factor <share>', parse: numeric },
  { key: 'decayFactor', flags: '--decay-factor <factor>', parse: numeric },
  { key: 'decayEvery', flags: '--decay-every <steps>', parse: numeric },
  { key: 'weightDecay', flags: '--weight-decay <lambda>', parse: numeric },
  { key: 'clip', flags: '--clip <norm>', parse: numeric },
  { key: 'dropout', flags: '--dropout <rate>', parse: numeric },
  { key: 'examples', flags: '--examples <count>', parse: numeric },
  { key: 'validationShare', flags: '--validation-share <share>', parse: numeric },
  { key: 'validationSplit', flags: '--validation-split <name>' },
  { key: 'validationExamples', flags: '--validation-examples <count>', parse: numeric },
  { key: 'augment', flags: '--augment <kind>' },
  { key: 'divergenceFactor', flags: '--divergence-factor <multiple>', parse: numeric },
  { key: 'evaluateEvery', flags: '--evaluate-every <steps>', parse: numeric },
  { key: 'checkpoints', flags: '--checkpoints <shares>', parse: numbers },
] as const satisfies readonly ChoiceOption[];

const TRAINING: readonly ChoiceOption<keyof TrainingRequest>[] = [
  { key: 'optimizer', flags: '--optimizer <name>' },
  { key: 'optimizerSettings', flags: '--optimizer-set <setting=value>', parse: setting },
  { key: 'learningRate', flags: '-l, --learning-rate <rate>', parse: numeric },
  ...SHARED,
];

const COMPARISON: readonly ChoiceOption<keyof ComparisonRequest>[] = [
  { key: 'optimizers', flags: '--optimizers <names>', parse: (text) => text.split(',') },
  { key: 'rates', flags: '--rates <rates>', parse: numbers },
  { key: 'search', flags: '--search <kind>' },
  {
    key: 'extend',
    flags: '--no-extend',
    description: 'add no rates beyond the edge of a grid; by default up to two where the best rate is at it',
  },
  ...SHARED,
];

/** Adds one option for each key of a training request. */
export function addTrainingOptions(command: Command): Command {
  return addChoices(command, TRAINING, trainingRequestSchema);
}

/**
 * The request that options and configuration file make together, not yet checked.
 * @throws UserError when a file that is named cannot be read.
 */
export async function trainingInput(
  options: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const input = await choicesOf(options, TRAINING);
  const settings = input.optimizerSettings as Record<string, unknown> | undefined;
  if (typeof settings?.factors !== 'string') return input;
  return { ...input, optimizerSettings: { ...settings, factors: await factorsIn(settings.factors) } };
}

/** `@<file>`: the factors by block that `hesscope advise` wrote into a file. */
async function factorsIn(text: string): Promise<unknown> {
  if (!text.startsWith('@'))
    throw new UserError(`'factors': expected @ and the file of an advice, found '${text}'`);
  const path = text.slice(1);
  try {
    return (parseJson(await readFile(path, 'utf8')) as { factors?: unknown }).factors;
  } catch (error) {
    throw new UserError(`'factors': cannot read '${path}': ${(error as Error).message}`);
  }
}

/** Adds one option for each key of a comparison. */
export function addComparisonOptions(command: Command): Command {
  return addChoices(command, COMPARISON, comparisonRequestSchema);
}

/** The comparison that options and configuration file make together, not yet checked. */
export function comparisonInput(
  options: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  return choicesOf(options, COMPARISON);
}
