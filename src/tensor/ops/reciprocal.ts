import { overRange, smoothFunction } from './define/elementwise.ts';

/** One over x, elementwise. */
export const reciprocal = smoothFunction({
  name: 'reciprocal',
  summary: 'one over x',
  f: (x) => 1 / x,
  derivative: (b, _, y) => b.neg(b.mul(y, y)),
  emit: (scope, x) => scope.node('Reciprocal', [x]),
  samples: overRange(0.4, 3),
});
