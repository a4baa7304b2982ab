import type { Node } from '../graph/node.ts';
import type { HostTensor, TensorType } from '../graph/type.ts';
import { floats, unaryFloat } from './define/elementwise.ts';
import { defineOp } from './define/operation.ts';
import { emitStatistics, STANDARDIZE_SAMPLES, statistics } from './inverse-std.ts';

/**
 * (x - mean) / sqrt(variance + epsilon) over the last axis: LayerNorm without its scale and shift.
 * Its tangent is rstd (dx - mean(dx) - xhat mean(xhat dx)).
 */
export const standardize = defineOp({
  name: 'standardize',
  summary: 'zero mean and unit variance over the last axis',
  kind: 'nonlinear',
  infer: (inputs: readonly TensorType[]) => unaryFloat('standardize')(inputs),
  evaluate: ([x], node) => {
    const { means, scales } = statistics(x as HostTensor, node.attributes.epsilon as number);
    const width = (x as HostTensor).shape.at(-1) as number;
    return floats(x).map((value, i) => {
      const row = Math.floor(i / width);
      return (value - (means[row] as number)) * (scales[row] as number);
    });
  },
  jvp: (b, node, [tangent]) => {
    const dx = tangent as Node;
    const scale = b.inverseStd(node.inputs[0] as Node, node.attributes.epsilon as number);
    const along = b.mul(node, b.meanLast(b.mul(node, dx)));
    return b.mul(b.sub(b.sub(dx, b.meanLast(dx)), along), scale);
  },
  emit: (scope, [x], node) => {
    const { centred, scale } = emitStatistics(scope, x as string, node);
    return scope.node('Mul', [centred, scale]);
  },
  samples: STANDARDIZE_SAMPLES,
});
