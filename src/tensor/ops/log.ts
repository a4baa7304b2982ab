import { overRange, smoothFunction } from './define/elementwise.ts';

/** Natural logarithm, elementwise. */
export const log = smoothFunction({
  name: 'log',
  summary: 'natural logarithm',
  f: Math.log,
  derivative: (b, x) => b.reciprocal(x),
  emit: (scope, x) => scope.node('Log', [x]),
  samples: overRange(0.3, 4),
});
