import { overRange, smoothFunction } from './define/elementwise.ts';

/** Hyperbolic tangent, elementwise. */
export const tanh = smoothFunction({
  name: 'tanh',
  summary: 'hyperbolic tangent',
  f: Math.tanh,
  derivative: (b, _, y) => b.sub(1, b.mul(y, y)),
  emit: (scope, x) => scope.node('Tanh', [x]),
  samples: overRange(-2, 2),
});
