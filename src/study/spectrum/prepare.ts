import { ModelCurvature } from '../../curvature/model-curvature.ts';
import { UserError } from '../../errors.ts';
import { selectBlocks } from '../../network/blocks.ts';
import { type Dataset, kindOfSource, openDataset } from '../../network/data/index.ts';
import type { ModelOptions, ModelPreset } from '../../network/models/index.ts';
import { type Model, type ParameterSpec, parameterCount } from '../../network/models/model.ts';
import { openPreset } from '../../network/models/open.ts';
import { initialiseParameters, type ParameterValues } from '../../network/models/parameters.ts';
import { loadWeights, type WeightsRecord, weightsNotes } from '../../network/models/weights/index.ts';
import type { Engine } from '../../tensor/engine/engine.ts';
import { sizeOf } from '../../tensor/graph/type.ts';
import { isOnnxFile, openImportedSubject, refuseImportKeys } from './imported-subject.ts';
import { microBatchesOf, optionsOf } from './preset-choices.ts';
import type { SpectrumRequest } from './request.ts';

/** A request made concrete: model, data and the blocks to measure. */
export interface Subject {
  readonly model: Model;
  readonly data: Dataset;
  readonly selected: readonly ParameterSpec[];
  readonly parameterCount: number;
  /** Trained parameters and where they came from; null at initialisation. */
  readonly weights: { readonly values: ParameterValues; readonly record: WeightsRecord } | null;
}

const EMBEDDED = { text: 'moby-dick', images: 'digits' } as const;
/** What a source must hold for each kind of data. */
const SOURCE_KIND = { text: 'text', images: 'images', 'masked-language': 'text' } as const;

/**
 * Opens the model and the data of a request and resolves its blocks.
 * @throws UserError for an unknown model, data that do not fit it, or a block that does not exist.
 */
export async function openSubject(request: SpectrumRequest): Promise<Subject> {
  const opened = isOnnxFile(request.model) ? await openImportedSubject(request) : await openOwnModel(request);
  const { model } = opened;
  const selected = selectBlocks(model, request.blocks);
  if (selected.length === 0 && !request.full)
    throw new UserError(
      "Nothing to measure: 'blocks' is none and the whole Hessian is left out; ask for one of them.",
    );
  return { ...opened, selected, parameterCount: parameterCount(model) };
}

/** One of hesscope's own models with data from a named source. */
async function openOwnModel(request: SpectrumRequest): Promise<Pick<Subject, 'model' | 'data' | 'weights'>> {
  refuseImportKeys(request);
  const preset = await openPreset(request.model);
  const options = optionsOf(request, preset);
  const wanted = dataRequest(request, preset, options);
  const kind = await kindOfSource(wanted.source);
  // Told apart first: opened with the options of the other kind, the data would complain of those.
  const takes = SOURCE_KIND[preset.dataKind];
  if (kind !== null && kind !== takes)
    throw new UserError(
      `${request.model} takes ${takes}, found ${kind} in '${wanted.source}'; choose other data.`,
    );
  const data = await openDataset(wanted);
  const shape =
    data.kind === 'images'
      ? { featureCount: data.featureCount, imageShape: data.imageShape, classCount: data.classCount }
      : { vocabularySize: data.vocabularySize };
  const model = preset.create(shape, options);
  const weights =
    request.weights === undefined
      ? null
      : await loadWeights(model, request.weights, request.seed, request.precision);
  return { model: withNotes(model, weights?.record), data, weights };
}

/** The curvature of a subject at its trained parameters, or at its initial ones. */
export function curvatureOf(subject: Subject, request: SpectrumRequest, engine: Engine): ModelCurvature {
  const { model, data, weights } = subject;
  const parameters = weights?.values ?? initialiseParameters(model, request.seed, request.precision);
  return new ModelCurvature({
    model,
    parameters,
    data,
    engine,
    precision: request.precision,
  });
}

/** All parameters of a model as run records list them, those of normalisation layers included. */
export function describeBlocks(subject: Subject) {
  const selected = new Set(subject.selected);
  return subject.model.parameters.map((block) => ({
    name: block.name,
    shape: block.shape,
    size: sizeOf(block.shape),
    kind: block.kind,
    layer: block.layer,
    selected: selected.has(block),
  }));
}

function dataRequest(request: SpectrumRequest, preset: ModelPreset, options: ModelOptions) {
  const source = request.data ?? EMBEDDED[SOURCE_KIND[preset.dataKind]];
  const cut = {
    source,
    batchSize: request.batch,
    microBatches: microBatchesOf(request, preset),
    offset: request.offset,
    split: request.split,
    field: request.field,
  };
  if (preset.dataKind === 'images') return { ...cut, ...imageRequest(request, preset) };
  const text = {
    ...cut,
    contextLength: contextLengthOf(preset, options, request),
    tokenizer: request.tokenizer ?? preset.tokenizer,
  };
  return preset.dataKind === 'text'
    ? text
    : { ...text, task: 'masked-language' as const, seed: request.seed };
}

function withNotes(model: Model, record: WeightsRecord | undefined): Model {
  return record ? { ...model, notes: [...(model.notes ?? []), ...weightsNotes(record)] } : model;
}

function imageRequest({ labels, imageSize, precision }: SpectrumRequest, { imageInput }: ModelPreset) {
  const pictureShape = imageSize === undefined ? undefined : { height: imageSize, width: imageSize };
  return { labels, precision, imageInput, pictureShape };
}

/**
 * Models that may see shorter sequences have an option for it.
 * @throws UserError when the paper's batch is asked for, whose sequences have the whole length.
 */
function contextLengthOf(
  preset: ModelPreset,
  { contextLength }: ModelOptions,
  { microBatches }: SpectrumRequest,
): number | undefined {
  const longest = preset.contextLength ?? undefined;
  if (typeof contextLength !== 'number' || contextLength === longest) return longest;
  if (microBatches === 'paper')
    throw new UserError(
      `The paper's batch has sequences of ${longest} tokens, found a contextLength of ${contextLength}; leave it out, or give 'microBatches' as a number.`,
    );
  return contextLength;
}
