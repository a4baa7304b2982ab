import { UserError } from '../../errors.ts';
import type { Cut, SourceDataset } from '../../network/data/dataset.ts';
import { kindOfSource, openDataset } from '../../network/data/index.ts';
import type { ModelOptions, ModelPreset } from '../../network/models/index.ts';
import type { Model } from '../../network/models/model.ts';
import { openPreset } from '../../network/models/open.ts';
import type { ParameterValues } from '../../network/models/parameters.ts';
import { loadWeights, type WeightsRecord, weightsNotes } from '../../network/models/weights/index.ts';
import type { ModelChoices } from './choices.ts';

/** One of hesscope's own models with data that fit it. */
export interface OpenedModel {
  readonly model: Model;
  readonly data: SourceDataset;
  /** Trained parameters and where they came from; null at initialisation. */
  readonly weights: { readonly values: ParameterValues; readonly record: WeightsRecord } | null;
}

const EMBEDDED = { text: 'moby-dick', images: 'digits' } as const;
/** What a source must hold for each kind of data. */
const SOURCE_KIND = { text: 'text', images: 'images', 'masked-language': 'text' } as const;

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
  const wanted = dataRequest(choices, preset, options, cutOf(preset, options));
  const kind = await kindOfSource(wanted.source);
  // Told apart first: opened with the options of the other kind, the data would complain of those.
  const takes = SOURCE_KIND[preset.dataKind];
  if (kind !== null && kind !== takes)
    throw new UserError(
      `${choices.model} takes ${takes}, found ${kind} in '${wanted.source}'; choose other data.`,
    );
  const data = await openDataset(wanted);
  const shape =
    data.kind === 'images'
      ? { featureCount: data.featureCount, imageShape: data.imageShape, classCount: data.classCount }
      : { vocabularySize: data.vocabularySize };
  const model = preset.create(shape, options);
  const weights =
    choices.weights === undefined
      ? null
      : await loadWeights(model, choices.weights, choices.seed, choices.precision);
  return { model: withNotes(model, weights?.record), data, weights };
}

/**
 * The options of the model that a request sets; `outputScale` is one of them under a key of its own.
 * @throws UserError when it is given twice, or the model has none.
 */
function optionsOf(
  { model, outputScale, modelOptions = {} }: ModelChoices,
  preset: ModelPreset,
): ModelOptions {
  if (outputScale === undefined) return modelOptions;
  if (!Object.hasOwn(preset.options.shape, 'outputScale'))
    throw new UserError(`'outputScale' is the MLP experiment's constant c; ${model} has none, leave it out.`);
  if (modelOptions.outputScale !== undefined)
    throw new UserError(
      `'outputScale' is given as ${outputScale} and among the model's options as ${modelOptions.outputScale}; give it once.`,
    );
  return { ...modelOptions, outputScale };
}

function dataRequest(choices: ModelChoices, preset: ModelPreset, options: ModelOptions, cut: Cut) {
  const { split, field, seed, tokenizer } = choices;
  const source = choices.data ?? EMBEDDED[SOURCE_KIND[preset.dataKind]];
  const common = { source, ...cut, split, field };
  if (preset.dataKind === 'images') return { ...common, ...imageRequest(choices, preset) };
  const text = {
    ...common,
    contextLength: contextLengthOf(preset, options),
    tokenizer: tokenizer ?? preset.tokenizer,
  };
  return preset.dataKind === 'text' ? text : { ...text, task: 'masked-language' as const, seed };
}

function imageRequest({ labels, imageSize, precision }: ModelChoices, { imageInput }: ModelPreset) {
  const pictureShape = imageSize === undefined ? undefined : { height: imageSize, width: imageSize };
  return { labels, precision, imageInput, pictureShape };
}

/** Models that may see shorter sequences have an option for it. */
function contextLengthOf(preset: ModelPreset, { contextLength }: ModelOptions): number | undefined {
  return typeof contextLength === 'number' ? contextLength : (preset.contextLength ?? undefined);
}

function withNotes(model: Model, record: WeightsRecord | undefined): Model {
  return record ? { ...model, notes: [...(model.notes ?? []), ...weightsNotes(record)] } : model;
}
