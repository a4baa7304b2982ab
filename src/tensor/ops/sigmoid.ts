import { overRange, smoothFunction } from './define/elementwise.ts';

/** Logistic function 1 / (1 + exp(-x)), elementwise. */
export const sigmoid = smoothFunction({
  name: 'sigmoid',
  summary: 'logistic function',
  f: (x) => 1 / (1 + Math.exp(-x)),
  derivative: (b, _, y) => b.mul(y, b.sub(1, y)),
  emit: (scope, x) => scope.node('Sigmoid', [x]),
  samples: overRange(-4, 4),
});
