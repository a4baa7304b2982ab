/** How one of hesscope's own models and its data are made to fit each other. */
import { UserError } from '../../errors.ts';
import type { DataRequest } from '../../network/data/data-request.ts';
import type { Cut, SourceDataset } from '../../network/data/dataset.ts';
import type { Model } from '../../network/models/model.ts';
import type { ModelOptions, ModelPreset } from '../../network/models/preset.ts';
import type { ModelChoices } from './choices.ts';

/** The data that come with hesscope, by what they hold. */
const EMBEDDED = { text: 'moby-dick', images: 'digits' } as const;

/** What a source must hold for each kind of data. */
export const SOURCE_KIND = { text: 'text', images: 'images', 'masked-language': 'text' } as const;

/** The model of a preset for what the data hold: their vocabulary, or their images and classes. */
export function fittedModel(preset: ModelPreset, data: SourceDataset, options: ModelOptions): Model {
  const shape =
    data.kind === 'images'
      ? { featureCount: data.featureCount, imageShape: data.imageShape, classCount: data.classCount }
      : { vocabularySize: data.vocabularySize };
  return preset.create(shape, options);
}

/**
 * The options of the model that a request sets; `outputScale` is one of them under a key of its own.
 * @throws UserError when it is given twice, or the model has none.
 */
export function optionsOf(
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

/** What a model asks of its data: source, cut, length of sequences, form of images. */
export function dataRequestOf(
  choices: ModelChoices,
  preset: ModelPreset,
  options: ModelOptions,
  cut: Cut,
): DataRequest {
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
