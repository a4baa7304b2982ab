import type { Attributes, Node } from '../graph/node.ts';
import { broadcastStrides, reducedShape, requireFloat } from '../graph/shape.ts';
import { formatType, type HostTensor, sizeOf, type TensorType } from '../graph/type.ts';
import { arithmetic } from './define/arithmetic.ts';
import { floats, strideOffsets } from './define/elementwise.ts';
import { defineOp, type EmitScope, type Sample } from './define/operation.ts';

export const STANDARDIZE_SAMPLES: readonly Sample[] = [
  { inputs: [{ shape: [5], range: [-2, 2] }], attributes: { epsilon: 1e-5, axes: [0], centred: true } },
  { inputs: [{ shape: [2, 4], range: [-2, 2] }], attributes: { epsilon: 1e-2, axes: [1], centred: true } },
  {
    inputs: [{ shape: [3, 2, 2, 3], range: [-2, 2] }],
    attributes: { epsilon: 1e-5, axes: [0, 2, 3], centred: true },
  },
  { inputs: [{ shape: [2, 4], range: [-2, 2] }], attributes: { epsilon: 1e-2, axes: [1], centred: false } },
];

/** The settings of a normalisation: the axes that statistics run over, and whether the mean is taken off. */
export interface Normalisation {
  readonly epsilon: number;
  readonly axes: readonly number[];
  readonly centred: boolean;
}

/** The settings among a node's attributes. */
export function normalisation(node: Node): Normalisation {
  return node.attributes as unknown as Normalisation;
}

/** @throws unless the type is floating point and has the axes. */
export function requireNormalisedAxes(op: string, x: TensorType, { axes }: Attributes): void {
  requireFloat(op, x);
  const list = axes as readonly number[];
  if (list.length === 0 || list.some((axis) => !(axis in x.shape)))
    throw new Error(`${op}: expected at least one axis of ${formatType(x)}, found [${list.join(', ')}]`);
}

/**
 * 1 / sqrt(variance + epsilon) over `axes`, which are kept with extent 1; the variance is the mean square distance
 * from the mean, or from zero where `centred` is false. Its tangent is -y^2 mean(xhat dx).
 */
export const inverseStd = defineOp({
  name: 'inverseStd',
  summary: '1 / sqrt(variance + epsilon) over axes',
  kind: 'nonlinear',
  infer: ([x], attributes) => {
    requireNormalisedAxes('inverseStd', x as TensorType, attributes);
    const { dtype, shape } = x as TensorType;
    return { dtype, shape: reducedShape(shape, attributes.axes as readonly number[], true) };
  },
  evaluate: ([x], node) => statistics(x as HostTensor, node).scales,
  jvp: (b, node, [dx]) => {
    const { epsilon, axes, centred } = normalisation(node);
    const standardized = b.standardize(node.inputs[0] as Node, epsilon, axes, centred);
    const slope = b.neg(b.mul(node, node));
    return b.mul(b.reduceMean(b.mul(standardized, dx as Node), axes, true), slope);
  },
  emit: (scope, [x], node) => emitStatistics(scope, x as string, node).scale,
  samples: STANDARDIZE_SAMPLES,
});

/** Mean (zero where not centred) and inverse standard deviation of each row; `rows` has the row of each element. */
export function statistics(
  x: HostTensor,
  node: Node,
): { means: Float64Array; scales: Float64Array; rows: Int32Array } {
  const { epsilon, axes, centred } = normalisation(node);
  const kept = reducedShape(x.shape, axes, true);
  const rows = strideOffsets(x.shape, broadcastStrides(kept, x.shape));
  const size = x.data.length / sizeOf(kept);
  const meanOf = (value: (i: number) => number) => {
    const sums = new Float64Array(sizeOf(kept));
    for (const [i, row] of rows.entries()) sums[row] = (sums[row] as number) + value(i);
    return sums.map((sum) => sum / size);
  };
  const values = floats(x);
  const means = centred ? meanOf((i) => values[i] as number) : new Float64Array(sizeOf(kept));
  const variances = meanOf((i) => ((values[i] as number) - (means[rows[i] as number] as number)) ** 2);
  return { means, scales: variances.map((variance) => 1 / Math.sqrt(variance + epsilon)), rows };
}

/**
 * Centred values and inverse standard deviation as ONNX nodes. The square is a product, not a Pow: the
 * runtime's LayerNorm fusion matches the latter and rounds epsilon to float32.
 */
export function emitStatistics(scope: EmitScope, x: string, node: Node): { centred: string; scale: string } {
  const { epsilon, axes, centred: isCentred } = normalisation(node);
  const { add, sub, mul, apply } = arithmetic(scope, node.type.dtype);
  const mean = (value: string) =>
    scope.node('ReduceMean', [value, scope.ints(axes)], { keepdims: { int: 1 } });
  const centred = isCentred ? sub(x, mean(x)) : x;
  const variance = mean(mul(centred, centred));
  return {
    centred,
    scale: apply('Reciprocal', apply('Sqrt', add(variance, epsilon))),
  };
}
