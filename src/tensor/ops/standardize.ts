import type { Node } from '../graph/node.ts';
import type { HostTensor, TensorType } from '../graph/type.ts';
import { floats, unaryFloat } from './define/elementwise.ts';
import { defineOp } from './define/operation.ts';
import {
  emitStatistics,
  normalisation,
  requireNormalisedAxes,
  STANDARDIZE_SAMPLES,
  statistics,
} from './inverse-std.ts';

/**
 * (x - mean) / sqrt(variance + epsilon) over `axes`: LayerNorm, batch and instance normalisation without their scale
 * and shift. Where `centred` is false, x / sqrt(mean square + epsilon): RMS normalisation.
 * Its tangent is rstd (dx - mean(dx) - xhat mean(xhat dx)), without mean(dx) where not centred.
 */
export const standardize = defineOp({
  name: 'standardize',
  summary: 'zero mean and unit variance over axes',
  kind: 'nonlinear',
  infer: (inputs: readonly TensorType[], attributes) => {
    requireNormalisedAxes('standardize', inputs[0] as TensorType, attributes);
    return unaryFloat('standardize')(inputs);
  },
  evaluate: ([x], node) => {
    const { means, scales, rows } = statistics(x as HostTensor, node);
    return floats(x).map((value, i) => {
      const row = rows[i] as number;
      return (value - (means[row] as number)) * (scales[row] as number);
    });
  },
  jvp: (b, node, [tangent]) => {
    const dx = tangent as Node;
    const { epsilon, axes, centred } = normalisation(node);
    const scale = b.inverseStd(node.inputs[0] as Node, epsilon, axes, centred);
    const mean = (value: Node) => b.reduceMean(value, axes, true);
    // The sign is with the mean: a difference would have its transpose negate a whole tensor.
    const along = b.mul(node, b.neg(mean(b.mul(node, dx))));
    return b.mul(b.add(centred ? b.sub(dx, mean(dx)) : dx, along), scale);
  },
  emit: (scope, [x], node) => {
    const { centred, scale } = emitStatistics(scope, x as string, node);
    return scope.node('Mul', [centred, scale]);
  },
  samples: STANDARDIZE_SAMPLES,
});
