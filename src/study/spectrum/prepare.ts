import { ModelCurvature } from '../../curvature/model-curvature.ts';
import { UserError } from '../../errors.ts';
import { selectBlocks } from '../../network/blocks.ts';
import type { Dataset } from '../../network/data/index.ts';
import { type Model, type ParameterSpec, parameterCount } from '../../network/models/model.ts';
import { initialiseParameters, type ParameterValues } from '../../network/models/parameters.ts';
import type { WeightsRecord } from '../../network/models/weights/index.ts';
import type { Engine } from '../../tensor/engine/engine.ts';
import { sizeOf } from '../../tensor/graph/type.ts';
import { type OpenedModel, openModelAndData } from '../model/open.ts';
import { isOnnxFile, openImportedSubject, refuseImportKeys } from './imported-subject.ts';
import { microBatchesOf } from './preset-choices.ts';
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

function openOwnModel(request: SpectrumRequest): Promise<OpenedModel> {
  refuseImportKeys(request);
  return openModelAndData(request, (preset, options) => ({
    batchSize: request.batch,
    microBatches: microBatchesOf(request, preset, options),
    offset: request.offset,
  }));
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
    kind: request.curvature,
  });
}

/** All parameters of a model as run records list them, those of normalisation layers included. */
export function describeBlocks({ model, selected: chosen }: Pick<Subject, 'model' | 'selected'>) {
  const selected = new Set(chosen);
  return model.parameters.map((block) => ({
    name: block.name,
    shape: block.shape,
    size: sizeOf(block.shape),
    kind: block.kind,
    layer: block.layer,
    selected: selected.has(block),
  }));
}
