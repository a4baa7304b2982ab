import type { Node } from '../../tensor/graph/node.ts';
import type { FloatDType } from '../../tensor/graph/type.ts';
import {
  affineByChannel,
  normaliseByStatistics,
  standardizeChannels,
} from '../../tensor/ops/composites/normalisation.ts';
import { constantOf } from '../../tensor/ops/composites/resample.ts';
import type { Trace } from '../models/model.ts';

/** PyTorch's default, added to the variance. */
export const BATCH_NORM_EPSILON = 1e-5;

/** Mean and variance of each channel, [channels], gathered in training: constants of the loss. */
export interface RunningStatistics {
  readonly mean: Node;
  readonly variance: Node;
}

/**
 * Batch normalisation of x [n, channels, ..extents] with `<name>.weight` and `<name>.bias` [channels], each if the
 * model has it.
 *
 * @param statistics `batch`: those of the micro-batch itself, through which the loss is differentiated too (PyTorch's
 *   train mode; the curvature then depends on how the batch is cut into micro-batches), or running ones (eval mode).
 */
export function batchNorm(
  { b, parameters }: Trace,
  x: Node,
  name: string,
  statistics: 'batch' | RunningStatistics,
  epsilon = BATCH_NORM_EPSILON,
): Node {
  const scale = parameters[`${name}.weight`] ?? null;
  const shift = parameters[`${name}.bias`] ?? null;
  return statistics === 'batch'
    ? affineByChannel(b, standardizeChannels(b, x, epsilon), scale, shift)
    : normaliseByStatistics(b, x, statistics, scale, shift, epsilon);
}

/** Whose statistics a model that was not trained takes: those of the micro-batch, or running ones as they start. */
export type BatchNormStatistics = 'batch' | 'running';

/** Batch normalisation of a model that was not trained: running statistics start at mean 0 and variance 1. */
export function untrainedBatchNorm(
  trace: Trace,
  x: Node,
  name: string,
  statistics: BatchNormStatistics,
): Node {
  if (statistics === 'batch') return batchNorm(trace, x, name, 'batch');
  const dtype = x.type.dtype as FloatDType;
  const channels = (value: number) => constantOf(trace.b, dtype, [x.type.shape[1] as number], () => value);
  return batchNorm(trace, x, name, { mean: channels(0), variance: channels(1) });
}

/** What a reader of a spectrum must know about the statistics. */
export const BATCH_NORM_NOTES: Readonly<Record<BatchNormStatistics, string>> = {
  batch:
    'BatchNorm takes mean and variance of each micro-batch, and the loss is differentiated through them: other micro-batches, another Hessian, even with the same images in all.',
  running:
    'BatchNorm takes the running statistics that it starts with, mean 0 and variance 1: it normalises nothing yet.',
};
