import { ModelCurvature } from '../../curvature/model-curvature.ts';
import { UserError } from '../../errors.ts';
import { nearMatches } from '../../names.ts';
import { selectBlocks } from '../../network/blocks.ts';
import { type Dataset, kindOfSource, openDataset } from '../../network/data/index.ts';
import { MODEL_PRESETS, type ModelPreset } from '../../network/models/index.ts';
import { type Model, type ParameterSpec, parameterCount } from '../../network/models/model.ts';
import { initialiseParameters } from '../../network/models/parameters.ts';
import type { Engine } from '../../tensor/engine/engine.ts';
import type { SpectrumRequest } from './request.ts';

/** A request made concrete: model, data and the blocks to measure. */
export interface Subject {
  readonly model: Model;
  readonly data: Dataset;
  readonly selected: readonly ParameterSpec[];
  readonly parameterCount: number;
}

const EMBEDDED = { text: 'moby-dick', images: 'digits' } as const;

/**
 * Opens the model and the data of a request and resolves its blocks.
 * @throws UserError for an unknown model, data that do not fit it, or a block that does not exist.
 */
export async function openSubject(request: SpectrumRequest): Promise<Subject> {
  const preset = presetNamed(request.model);
  if (request.outputScale !== undefined && preset.dataKind !== 'images')
    throw new UserError(
      `'outputScale' is the MLP experiment's constant c; ${request.model} has none, leave it out.`,
    );
  const wanted = dataRequest(request, preset);
  const kind = await kindOfSource(wanted.source);
  // Told apart first: opened with the options of the other kind, the data would complain of those.
  if (kind !== null && kind !== preset.dataKind)
    throw new UserError(
      `${request.model} takes ${preset.dataKind}, found ${kind} in '${wanted.source}'; choose other data.`,
    );
  const data = await openDataset(wanted);
  const shape =
    data.kind === 'text'
      ? { vocabularySize: data.vocabularySize }
      : { featureCount: data.featureCount, classCount: data.classCount };
  const overrides = request.outputScale === undefined ? {} : { outputScale: request.outputScale };
  const model = preset.create(shape, overrides);
  const selected = selectBlocks(model, request.blocks);
  if (selected.length === 0 && !request.full)
    throw new UserError(
      "Nothing to measure: 'blocks' is none and the whole Hessian is left out; ask for one of them.",
    );
  return { model, data, selected, parameterCount: parameterCount(model) };
}

/** The curvature of a subject at its initial parameters. */
export function curvatureOf(
  subject: Subject,
  request: SpectrumRequest,
  engine: Engine,
  memoryBudgetBytes: number,
): ModelCurvature {
  const parameters = initialiseParameters(subject.model, request.seed, request.precision);
  const { model, data } = subject;
  return new ModelCurvature({
    model,
    parameters,
    data,
    engine,
    precision: request.precision,
    memoryBudgetBytes,
  });
}

/** All parameters of a model as run records list them, those of normalisation layers included. */
export function describeBlocks(subject: Subject) {
  const selected = new Set(subject.selected);
  return subject.model.parameters.map((block) => ({
    name: block.name,
    shape: block.shape,
    size: block.shape.reduce((size, extent) => size * extent, 1),
    kind: block.kind,
    layer: block.layer,
    selected: selected.has(block),
  }));
}

function presetNamed(name: string): ModelPreset {
  const preset = Object.hasOwn(MODEL_PRESETS, name) ? MODEL_PRESETS[name] : undefined;
  if (preset) return preset;
  const near = nearMatches(name, Object.keys(MODEL_PRESETS));
  throw new UserError(`There is no model '${name}'; did you mean ${near.map((n) => `'${n}'`).join(', ')}?`);
}

function dataRequest(request: SpectrumRequest, preset: ModelPreset) {
  const source = request.data ?? EMBEDDED[preset.dataKind];
  const cut = {
    source,
    batchSize: request.batch,
    microBatches: request.microBatches,
    offset: request.offset,
  };
  if (preset.dataKind === 'images')
    return { ...cut, labels: request.labels, split: request.split, precision: request.precision };
  return {
    ...cut,
    contextLength: preset.contextLength ?? undefined,
    tokenizer: request.tokenizer ?? preset.tokenizer,
  };
}
