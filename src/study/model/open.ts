import { UserError } from '../../errors.ts';
import type { Cut, SourceDataset } from '../../network/data/dataset.ts';
import { kindOfSource, openDataset } from '../../network/data/index.ts';
import type { ModelOptions, ModelPreset } from '../../network/models/index.ts';
import type { Model } from '../../network/models/model.ts';
import { openPreset } from '../../network/models/open.ts';
import type { ParameterValues } from '../../network/models/parameters.ts';
import { loadWeights, type WeightsRecord, weightsNotes } from '../../network/models/weights/index.ts';
import type { ModelChoices } from './choices.ts';
import { dataRequestOf, fittedModel, optionsOf, SOURCE_KIND } from './fit.ts';

/** One of hesscope's own models with data that fit it. */
export interface OpenedModel {
  readonly model: Model;
  readonly data: SourceDataset;
  /** Trained parameters and where they came from; null at initialisation. */
  readonly weights: { readonly values: ParameterValues; readonly record: WeightsRecord } | null;
}

/**
 * Opens a model by its name or place, with data from a named source.
 *
 * @param cutOf how the data are cut for a preset with its options.
 * @throws UserError for an unknown model, or data that do not fit it.
 */
export async function openModelAndData(
  choices: ModelChoices,
  cutOf: (preset: ModelPreset, options: ModelOptions) => Cut,
): Promise<OpenedModel> {
  const preset = await openPreset(choices.model);
  const options = optionsOf(choices, preset);
  const wanted = dataRequestOf(choices, preset, options, cutOf(preset, options));
  const kind = await kindOfSource(wanted.source);
  // Told apart first: opened with the options of the other kind, the data would complain of those.
  const takes = SOURCE_KIND[preset.dataKind];
  if (kind !== null && kind !== takes)
    throw new UserError(
      `${choices.model} takes ${takes}, found ${kind} in '${wanted.source}'; choose other data.`,
    );
  const data = await openDataset(wanted);
  const model = fittedModel(preset, data, options);
  const weights =
    choices.weights === undefined
      ? null
      : await loadWeights(model, choices.weights, choices.seed, choices.precision);
  return { model: withNotes(model, weights?.record), data, weights };
}

function withNotes(model: Model, record: WeightsRecord | undefined): Model {
  return record ? { ...model, notes: [...(model.notes ?? []), ...weightsNotes(record)] } : model;
}
