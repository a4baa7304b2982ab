import type { Node } from '../graph/node.ts';
import { batchElementwise, binaryBroadcast, zipElements } from './define/elementwise.ts';
import { defineOp, everyArgument, type Sample } from './define/operation.ts';

/** Shapes on which elementwise operations of two arguments are tried. */
export const BROADCAST_SAMPLES: readonly Sample[] = [
  { inputs: [{ shape: [3] }, { shape: [3] }] },
  { inputs: [{ shape: [2, 3] }, { shape: [3] }] },
  { inputs: [{ shape: [2, 1, 3] }, { shape: [4, 1] }] },
  { inputs: [{ shape: [] }, { shape: [2, 2] }] },
];

/** x + y with broadcasting. */
export const add = defineOp({
  name: 'add',
  summary: 'x + y with broadcasting',
  kind: 'linear',
  linearArguments: everyArgument,
  infer: binaryBroadcast('add'),
  evaluate: zipElements((x, y) => x + y),
  jvp: (b, node, [dx, dy]) => (dx && dy ? b.add(dx, dy) : b.broadcast((dx ?? dy) as Node, node.type.shape)),
  batch: batchElementwise,
  transpose: (b, cotangent, node, index) => b.sumTo(cotangent, (node.inputs[index] as Node).type.shape),
  emit: (scope, [x, y]) => scope.node('Add', [x as string, y as string]),
  samples: BROADCAST_SAMPLES,
});
