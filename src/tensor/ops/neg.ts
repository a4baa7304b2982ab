import type { Node } from '../graph/node.ts';
import { batchElementwise, mapElements, overRange, unaryFloat } from './define/elementwise.ts';
import { defineOp, firstArgument } from './define/operation.ts';

/** -x, elementwise. */
export const neg = defineOp({
  name: 'neg',
  summary: '-x',
  kind: 'linear',
  linearArguments: firstArgument,
  infer: unaryFloat('neg'),
  evaluate: mapElements((x) => -x),
  batch: batchElementwise,
  transpose: (b, cotangent: Node) => b.neg(cotangent),
  emit: (scope, [x]) => scope.node('Neg', [x as string]),
  samples: overRange(-2, 2),
});
