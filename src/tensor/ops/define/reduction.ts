/** What reductions share: shape rule, reference loop, ONNX form. */
import type { Attributes, Node } from '../../graph/node.ts';
import { broadcastStrides, reducedShape, requireFloat } from '../../graph/shape.ts';
import { type HostTensor, sizeOf, type TensorType } from '../../graph/type.ts';
import type { OpBuilder } from '../syntax.ts';
import { floats, strideOffsets } from './elementwise.ts';
import type { Batch, EmitScope, Evaluate, Sample } from './operation.ts';

/** Shape rule: attributes `axes` (ascending, counted from the front) and `keepDims`. */
export const inferReduction =
  (name: string) =>
  ([x]: readonly TensorType[], attributes: Attributes): TensorType => {
    const { dtype, shape } = x as TensorType;
    requireFloat(name, x as TensorType);
    const axes = attributes.axes as readonly number[];
    if (axes.some((axis) => axis < 0 || axis >= shape.length))
      throw new Error(`${name}: expected axes from 0 to ${shape.length - 1}, found [${axes.join(', ')}]`);
    return { dtype, shape: reducedShape(shape, axes, attributes.keepDims as boolean) };
  };

/** Reference loop: folds the elements that fall on one result, from `initial`. */
export const evaluateReduction =
  (initial: number, combine: (accumulated: number, x: number) => number): Evaluate =>
  ([x], node) => {
    const { shape } = x as HostTensor;
    const kept = keptShape(node);
    const target = strideOffsets(shape, broadcastStrides(kept, shape));
    const result = new Float64Array(sizeOf(kept)).fill(initial);
    for (const [i, value] of floats(x).entries()) {
      const at = target[i] as number;
      result[at] = combine(result[at] as number, value);
    }
    return result;
  };

/** ONNX form of a reduction whose axes are an input. */
export const emitReduction =
  (opType: string) =>
  (scope: EmitScope, [x]: readonly string[], node: Node): string =>
    scope.node(opType, [x as string, scope.ints(node.attributes.axes as readonly number[])], {
      keepdims: { int: node.attributes.keepDims ? 1 : 0 },
    });

/** The shape of the result with its reduced axes kept as extents of 1. */
export function keptShape(node: Node): number[] {
  return reducedShape((node.inputs[0] as Node).type.shape, node.attributes.axes as readonly number[], true);
}

/** A value of the result's shape, repeated over the elements it was reduced from. */
export function spread(b: OpBuilder, value: Node, node: Node): Node {
  return b.broadcast(b.reshape(value, keptShape(node)), (node.inputs[0] as Node).type.shape);
}

/** Batching of a linear reduction: its axes lie one further back. */
export const batchReduction: Batch = (b, node, [x]) => {
  const axes = (node.attributes.axes as readonly number[]).map((axis) => axis + 1);
  return b.apply(node.op, [x as Node], { axes, keepDims: node.attributes.keepDims as boolean });
};

/** Number of elements that fall on one result. */
export function reductionSize(node: Node): number {
  return sizeOf((node.inputs[0] as Node).type.shape) / sizeOf(node.type.shape);
}

export const REDUCTION_SAMPLES: readonly Sample[] = [
  { inputs: [{ shape: [4] }], attributes: { axes: [0], keepDims: false } },
  { inputs: [{ shape: [2, 3, 2] }], attributes: { axes: [0, 2], keepDims: true } },
  { inputs: [{ shape: [2, 3, 2] }], attributes: { axes: [1], keepDims: false } },
];
