import { overRange, smoothFunction } from './define/elementwise.ts';

/** Reciprocal of the square root, elementwise. */
export const rsqrt = smoothFunction({
  name: 'rsqrt',
  summary: 'one over the square root',
  f: (x) => 1 / Math.sqrt(x),
  derivative: (b, x, y) => b.mul(-0.5, b.div(y, x)),
  emit: (scope, x) => scope.node('Reciprocal', [scope.node('Sqrt', [x])]),
  samples: overRange(0.3, 4),
});
