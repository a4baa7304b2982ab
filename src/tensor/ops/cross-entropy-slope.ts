import type { Node } from '../graph/node.ts';
import type { HostTensor, TensorType } from '../graph/type.ts';
import { CROSS_ENTROPY_SAMPLES, requireLogits } from './cross-entropy.ts';
import { defineOp } from './define/operation.ts';
import { emitOneHot } from './one-hot.ts';
import { ONE_HOT_SCATTER_ROWS } from './scatter-add.ts';
import { logSoftmaxRows, softmax } from './softmax.ts';

/**
 * softmax(logits) - one-hot(targets): the derivative of `crossEntropy` in its logits [n, classes].
 * An operation of its own so that a large vocabulary never needs its one-hot matrix.
 */
export const crossEntropySlope = defineOp({
  name: 'crossEntropySlope',
  summary: 'softmax(logits) - one-hot(targets)',
  kind: 'nonlinear',
  infer: ([logits, targets]) => {
    requireLogits('crossEntropySlope', logits as TensorType, targets as TensorType);
    return logits as TensorType;
  },
  evaluate: ([logits, targets]) => {
    const result = logSoftmaxRows(logits as HostTensor).map(Math.exp);
    const width = (logits as HostTensor).shape[1] as number;
    for (const [row, id] of ((targets as HostTensor).data as BigInt64Array).entries()) {
      const at = row * width + Number(id);
      result[at] = (result[at] as number) - 1;
    }
    return result;
  },
  jvp: (b, node, tangents) => softmax.jvp(b, b.softmax(node.inputs[0] as Node), tangents),
  emit: (scope, [logits, targets], node) => {
    const [rows, classes] = node.type.shape as [number, number];
    const probabilities = scope.node('Softmax', [logits as string], { axis: { int: -1 } });
    if (classes <= ONE_HOT_SCATTER_ROWS)
      return scope.node('Sub', [
        probabilities,
        emitOneHot(scope, targets as string, classes, node.type.dtype),
      ]);
    const column = scope.node('Unsqueeze', [targets as string, scope.ints([1])]);
    const minusOnes = scope.node('Expand', [scope.scalar(-1, node.type.dtype), scope.ints([rows, 1])]);
    // Each row has one target, so no two updates meet.
    return scope.node('ScatterElements', [probabilities, column, minusOnes], {
      axis: { int: 1 },
      reduction: { text: 'add' },
    });
  },
  samples: [
    ...CROSS_ENTROPY_SAMPLES,
    {
      inputs: [
        { shape: [2, ONE_HOT_SCATTER_ROWS + 1], range: [-1, 1] },
        { shape: [2], below: ONE_HOT_SCATTER_ROWS },
      ],
    },
  ],
});
