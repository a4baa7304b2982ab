import { mapElements, overRange, unaryFloat } from './define/elementwise.ts';
import { defineOp } from './define/operation.ts';

/** -1, 0 or 1, elementwise. */
export const sign = defineOp({
  name: 'sign',
  summary: '-1, 0 or 1',
  kind: 'nondifferentiable',
  infer: unaryFloat('sign'),
  evaluate: mapElements(Math.sign),
  emit: (scope, [x]) => scope.node('Sign', [x as string]),
  samples: overRange(-2, 2),
});
