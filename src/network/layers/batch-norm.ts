import type { Node } from '../../tensor/graph/node.ts';
import {
  affineByChannel,
  normaliseByStatistics,
  standardizeChannels,
} from '../../tensor/ops/composites/normalisation.ts';
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
