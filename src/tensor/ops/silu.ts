import { overRange, smoothFunction } from './define/elementwise.ts';

/** x sigmoid(x), the sigmoid linear unit or swish, elementwise. */
export const silu = smoothFunction({
  name: 'silu',
  summary: 'sigmoid linear unit, x sigmoid(x)',
  f: (x) => x / (1 + Math.exp(-x)),
  derivative: (b, x) => b.siluSlope(x),
  emit: (scope, x) => scope.node('Mul', [x, scope.node('Sigmoid', [x])]),
  samples: overRange(-4, 4),
});
