/** A model preset by what a user calls it: a name, or a place on disk. */
import { UserError } from '../../errors.ts';
import { nearMatches } from '../../names.ts';
import { cachedModel, PRETRAINED_MODELS } from '../catalogue/index.ts';
import { MODEL_PRESETS } from './index.ts';
import type { ModelPreset } from './preset.ts';
import { isModelPlace, presetOfPlace } from './weights/index.ts';

/**
 * The preset of a name, the model that the `config.json` of a folder describes, or that of a fetched model.
 * @throws UserError when there is none, with the names nearest to it, or the configuration is not one of hesscope's.
 */
export async function openPreset(model: string): Promise<ModelPreset> {
  const preset = Object.hasOwn(MODEL_PRESETS, model) ? MODEL_PRESETS[model] : undefined;
  if (preset) return preset;
  if (await isModelPlace(model)) return presetOfPlace(model);
  const cached = await cachedModel(model);
  if (cached !== null) return presetOfPlace(cached);
  if (Object.hasOwn(PRETRAINED_MODELS, model))
    throw new UserError(
      `The model '${model}' has not been fetched yet; fetch it with 'hesscope model get ${model}'.`,
    );
  const near = nearMatches(model, Object.keys(MODEL_PRESETS));
  throw new UserError(
    `There is no model '${model}'; did you mean ${near.map((name) => `'${name}'`).join(', ')}? A folder with a config.json is a model too.`,
  );
}
