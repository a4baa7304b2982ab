/** What is asked at each stage of a training: its own model and data, with the parameters of that stage. */
import { UserError } from '../../errors.ts';
import type { ModelChoices } from './choices.ts';

/** What a training and the measurements of its checkpoints have in common: its model, its data and its seed. */
const INHERITED = [
  'model',
  'data',
  'tokenizer',
  'labels',
  'split',
  'field',
  'imageSize',
  'outputScale',
  'modelOptions',
  'seed',
  'precision',
] as const satisfies readonly (keyof ModelChoices)[];

/**
 * The choices of a stage, not yet checked: model and data are the training's unless chosen now, the parameters those of a checkpoint.
 *
 * @param given the choices made now, not yet checked.
 * @param training the training's request; null for checkpoints that stand alone.
 * @param checkpoint the place of its file.
 * @throws UserError when `given` names weights or another model than the training's.
 */
export function stageChoices(
  given: Readonly<Record<string, unknown>>,
  training: ModelChoices | null,
  checkpoint: string,
): Record<string, unknown> {
  if (given.weights !== undefined)
    throw new UserError(
      `Both 'weights' and checkpoints were given; the checkpoints are the weights, leave 'weights' out.`,
    );
  if (training && given.model !== undefined && given.model !== training.model)
    throw new UserError(
      `Expected the model '${training.model}', whose training kept the checkpoints, found '${given.model}'; leave it out.`,
    );
  const inherited = Object.fromEntries(INHERITED.map((key) => [key, training?.[key]]));
  return { ...inherited, ...given, ...optionsOf(given, training), weights: checkpoint };
}

/** Options of the model: the training's, and those that are given now. */
function optionsOf(
  { modelOptions: given }: Readonly<Record<string, unknown>>,
  training: ModelChoices | null,
) {
  const isObject = typeof given === 'object' && given !== null;
  return isObject ? { modelOptions: { ...training?.modelOptions, ...given } } : {};
}
