import type { Node } from '../graph/node.ts';
import type { HostTensor, TensorType } from '../graph/type.ts';
import { unaryFloat } from './define/elementwise.ts';
import { defineOp } from './define/operation.ts';
import { logSoftmaxRows, SOFTMAX_SAMPLES } from './softmax.ts';

/** Logarithm of the softmax over the last axis. Its tangent is dx - sum(softmax(x) dx). */
export const logSoftmax = defineOp({
  name: 'logSoftmax',
  summary: 'logarithm of the softmax over the last axis',
  kind: 'nonlinear',
  infer: (inputs: readonly TensorType[]) => unaryFloat('logSoftmax')(inputs),
  evaluate: ([x]) => logSoftmaxRows(x as HostTensor),
  jvp: (b, node, [dx]) => {
    const probabilities = b.softmax(node.inputs[0] as Node);
    return b.sub(dx as Node, b.sumLast(b.mul(probabilities, dx as Node)));
  },
  emit: (scope, [x]) => scope.node('LogSoftmax', [x as string], { axis: { int: -1 } }),
  samples: SOFTMAX_SAMPLES,
});
