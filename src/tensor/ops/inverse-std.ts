import type { Node } from '../graph/node.ts';
import { requireFloat } from '../graph/shape.ts';
import type { HostTensor, TensorType } from '../graph/type.ts';
import { arithmetic } from './define/arithmetic.ts';
import { floats } from './define/elementwise.ts';
import { defineOp, type EmitScope, type Sample } from './define/operation.ts';

export const STANDARDIZE_SAMPLES: readonly Sample[] = [
  { inputs: [{ shape: [5], range: [-2, 2] }], attributes: { epsilon: 1e-5 } },
  { inputs: [{ shape: [2, 4], range: [-2, 2] }], attributes: { epsilon: 1e-2 } },
];

/**
 * 1 / sqrt(variance + epsilon) over the last axis, which is kept with extent 1; the variance is the
 * mean square distance from the mean, as LayerNorm has it. Its tangent is -y^2 mean(xhat dx).
 */
export const inverseStd = defineOp({
  name: 'inverseStd',
  summary: '1 / sqrt(variance + epsilon) over the last axis',
  kind: 'nonlinear',
  infer: ([x]) => {
    requireFloat('inverseStd', x as TensorType);
    const { dtype, shape } = x as TensorType;
    return { dtype, shape: [...shape.slice(0, -1), 1] };
  },
  evaluate: ([x], node) => statistics(x as HostTensor, node.attributes.epsilon as number).scales,
  jvp: (b, node, [dx]) => {
    const standardized = b.standardize(node.inputs[0] as Node, node.attributes.epsilon as number);
    const slope = b.neg(b.mul(node, node));
    return b.mul(b.meanLast(b.mul(standardized, dx as Node)), slope);
  },
  emit: (scope, [x], node) => emitStatistics(scope, x as string, node).scale,
  samples: STANDARDIZE_SAMPLES,
});

/** Mean and inverse standard deviation of each row of the last axis. */
export function statistics(x: HostTensor, epsilon: number): { means: Float64Array; scales: Float64Array } {
  const width = x.shape.at(-1) as number;
  const rows = x.data.length / width;
  const [means, scales] = [new Float64Array(rows), new Float64Array(rows)];
  for (let row = 0; row < rows; row++) {
    const values = floats(x).subarray(row * width, (row + 1) * width);
    const mean = values.reduce((sum, value) => sum + value, 0) / width;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
    means[row] = mean;
    scales[row] = 1 / Math.sqrt(variance + epsilon);
  }
  return { means, scales };
}

/**
 * Centred values and inverse standard deviation as ONNX nodes. The square is a product, not a Pow: the
 * runtime's LayerNorm fusion matches the latter and rounds epsilon to float32.
 */
export function emitStatistics(scope: EmitScope, x: string, node: Node): { centred: string; scale: string } {
  const { add, sub, mul, apply } = arithmetic(scope, node.type.dtype);
  const mean = (value: string) =>
    scope.node('ReduceMean', [value, scope.ints([-1])], { keepdims: { int: 1 } });
  const centred = sub(x, mean(x));
  const variance = mean(mul(centred, centred));
  return {
    centred,
    scale: apply('Reciprocal', apply('Sqrt', add(variance, node.attributes.epsilon as number))),
  };
}
