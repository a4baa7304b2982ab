/** A request made concrete, however its model and data were opened. */
import { ModelCurvature } from '../../curvature/model-curvature.ts';
import type { BatchPlace } from '../../curvature/primal.ts';
import { UserError } from '../../errors.ts';
import { selectBlocks } from '../../network/blocks.ts';
import type { Dataset } from '../../network/data/dataset.ts';
import { type Model, type ParameterSpec, parameterCount } from '../../network/models/model.ts';
import { initialiseParameters, type ParameterValues } from '../../network/models/parameters.ts';
import type { WeightsRecord } from '../../network/models/weights/index.ts';
import type { Engine } from '../../tensor/engine/engine.ts';
import { sizeOf } from '../../tensor/graph/type.ts';
import type { SpectrumRequest } from './request.ts';

/** A model with the data that it is measured on. */
export interface OpenedSubject {
  readonly model: Model;
  readonly data: Dataset;
  /** Trained parameters and where they came from; null at initialisation. */
  readonly weights: { readonly values: ParameterValues; readonly record: WeightsRecord } | null;
}

/** Model, data and the blocks to measure. */
export interface Subject extends OpenedSubject {
  readonly selected: readonly ParameterSpec[];
  readonly parameterCount: number;
}

/**
 * Resolves the blocks of a request.
 * @throws UserError for a block that does not exist, or when nothing is to be measured.
 */
export function subjectOf(opened: OpenedSubject, request: SpectrumRequest): Subject {
  const { model } = opened;
  const selected = selectBlocks(model, request.blocks);
  if (selected.length === 0 && !request.full)
    throw new UserError(
      "Nothing to measure: 'blocks' is none and the whole Hessian is left out; ask for one of them.",
    );
  const { microBatchCount } = opened.data;
  if (request.ranges > microBatchCount)
    throw new UserError(
      `'ranges': expected at most one for each micro-batch (${microBatchCount}), found ${request.ranges}; raise 'microBatches', or sum in fewer ranges.`,
    );
  return { ...opened, selected, parameterCount: parameterCount(model) };
}

/**
 * The curvature of a subject at its trained parameters, or at its initial ones.
 *
 * @param place where the subject's data are a part of those that the mean runs over.
 */
export function curvatureOf(
  subject: Subject,
  request: SpectrumRequest,
  engine: Engine,
  place?: BatchPlace,
): ModelCurvature {
  const { model, data, weights } = subject;
  const parameters = weights?.values ?? initialiseParameters(model, request.seed, request.precision);
  return new ModelCurvature({
    model,
    parameters,
    data,
    engine,
    precision: request.precision,
    kind: request.curvature,
    ranges: request.ranges,
    ...(place === undefined ? {} : { place }),
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
