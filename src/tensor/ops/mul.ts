import type { Node } from '../graph/node.ts';
import { BROADCAST_SAMPLES } from './add.ts';
import { batchElementwise, binaryBroadcast, zipElements } from './define/elementwise.ts';
import { defineOp } from './define/operation.ts';

/** x * y, elementwise with broadcasting. */
export const mul = defineOp({
  name: 'mul',
  summary: 'x * y with broadcasting',
  kind: 'bilinear',
  infer: binaryBroadcast('mul'),
  evaluate: zipElements((x, y) => x * y),
  batch: batchElementwise,
  transpose: (b, cotangent, node, index) =>
    b.sumTo(b.mul(cotangent, node.inputs[1 - index] as Node), (node.inputs[index] as Node).type.shape),
  emit: (scope, [x, y]) => scope.node('Mul', [x as string, y as string]),
  samples: BROADCAST_SAMPLES,
});
