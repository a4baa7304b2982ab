import type { Node } from '../graph/node.ts';
import { BROADCAST_SAMPLES } from './add.ts';
import { batchElementwise, binaryBroadcast, zipElements } from './define/elementwise.ts';
import { defineOp, everyArgument } from './define/operation.ts';

/** x - y with broadcasting. */
export const sub = defineOp({
  name: 'sub',
  summary: 'x - y with broadcasting',
  kind: 'linear',
  linearArguments: everyArgument,
  infer: binaryBroadcast('sub'),
  evaluate: zipElements((x, y) => x - y),
  jvp: (b, node, [dx, dy]) => {
    if (dx && dy) return b.sub(dx, dy);
    return b.broadcast(dx ?? b.neg(dy as Node), node.type.shape);
  },
  batch: batchElementwise,
  transpose: (b, cotangent, node, index) => {
    const summed = b.sumTo(cotangent, (node.inputs[index] as Node).type.shape);
    return index === 0 ? summed : b.neg(summed);
  },
  emit: (scope, [x, y]) => scope.node('Sub', [x as string, y as string]),
  samples: BROADCAST_SAMPLES,
});
