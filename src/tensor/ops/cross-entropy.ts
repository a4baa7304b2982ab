import type { Node } from '../graph/node.ts';
import { formatType, type HostTensor, sameShape, type TensorType } from '../graph/type.ts';
import { defineOp, type Sample } from './define/operation.ts';
import { logSoftmaxRows } from './softmax.ts';

export const CROSS_ENTROPY_SAMPLES: readonly Sample[] = [
  {
    inputs: [
      { shape: [4, 3], range: [-2, 2] },
      { shape: [4], below: 3 },
    ],
  },
  {
    inputs: [
      { shape: [5, 2], range: [-2, 2] },
      { shape: [5], below: 2 },
    ],
  },
];

/** Shape rule shared with the slope: logits [n, classes] and targets int64 [n]. @throws otherwise. */
export function requireLogits(op: string, logits: TensorType, targets: TensorType): void {
  if (
    targets.dtype !== 'int64' ||
    logits.shape.length !== 2 ||
    !sameShape(logits.shape.slice(0, 1), targets.shape)
  )
    throw new Error(
      `${op}: expected logits [n, classes] and int64 targets [n], found ${formatType(logits)} and ${formatType(targets)}`,
    );
}

/**
 * Softmax cross-entropy of each row: logits [n, classes], targets int64 [n] -> [n]. Its derivative in the
 * logits is softmax - one-hot and its second derivative diag(p) - p p^T, in closed form.
 */
export const crossEntropy = defineOp({
  name: 'crossEntropy',
  summary: 'softmax cross-entropy of each row',
  kind: 'nonlinear',
  infer: ([logits, targets]) => {
    requireLogits('crossEntropy', logits as TensorType, targets as TensorType);
    return { dtype: (logits as TensorType).dtype, shape: (targets as TensorType).shape };
  },
  evaluate: ([logits, targets]) => {
    const rows = logSoftmaxRows(logits as HostTensor);
    const width = (logits as HostTensor).shape[1] as number;
    return Float64Array.from(
      (targets as HostTensor).data as BigInt64Array,
      (id, row) => -(rows[row * width + Number(id)] as number),
    );
  },
  jvp: (b, node, [dLogits]) => {
    const [logits, targets] = node.inputs as [Node, Node];
    const weighted = b.mul(b.crossEntropySlope(logits, targets), dLogits as Node);
    return b.reduceSum(weighted, [1], false);
  },
  emit: (scope, [logits, targets]) => {
    const logarithms = scope.node('LogSoftmax', [logits as string], { axis: { int: -1 } });
    const column = scope.node('Unsqueeze', [targets as string, scope.ints([1])]);
    const picked = scope.node('GatherElements', [logarithms, column], { axis: { int: 1 } });
    return scope.node('Neg', [scope.node('Squeeze', [picked, scope.ints([1])])]);
  },
  samples: CROSS_ENTROPY_SAMPLES,
});
