import type { Node } from '../graph/node.ts';
import { binaryBroadcast, zipElements } from './define/elementwise.ts';
import { defineOp } from './define/operation.ts';

/** x / y, elementwise with broadcasting. Its tangents are products, which transpose. */
export const div = defineOp({
  name: 'div',
  summary: 'x / y with broadcasting',
  kind: 'nonlinear',
  infer: binaryBroadcast('div'),
  evaluate: zipElements((x, y) => x / y),
  jvp: (b, node, [dx, dy]) => {
    const inverse = b.reciprocal(node.inputs[1] as Node);
    const fromNumerator = dx && b.mul(dx, inverse);
    const fromDenominator = dy && b.mul(dy, b.mul(node, inverse));
    if (!fromDenominator) return b.broadcast(fromNumerator as Node, node.type.shape);
    return fromNumerator ? b.sub(fromNumerator, fromDenominator) : b.neg(fromDenominator);
  },
  emit: (scope, [x, y]) => scope.node('Div', [x as string, y as string]),
  samples: [
    { inputs: [{ shape: [3] }, { shape: [3], range: [0.5, 2] }] },
    { inputs: [{ shape: [2, 3] }, { shape: [3], range: [0.5, 2] }] },
    { inputs: [{ shape: [] }, { shape: [2, 2], range: [-2, -0.5] }] },
  ],
});
