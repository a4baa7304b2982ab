import { overRange, smoothFunction } from './define/elementwise.ts';

/** Exponential, elementwise. */
export const exp = smoothFunction({
  name: 'exp',
  summary: 'exponential',
  f: Math.exp,
  derivative: (_, __, y) => y,
  emit: (scope, x) => scope.node('Exp', [x]),
  samples: overRange(-3, 3),
});
