import { overRange, smoothFunction } from './define/elementwise.ts';

/** Square root, elementwise. */
export const sqrt = smoothFunction({
  name: 'sqrt',
  summary: 'square root',
  f: Math.sqrt,
  derivative: (b, _, y) => b.div(0.5, y),
  emit: (scope, x) => scope.node('Sqrt', [x]),
  samples: overRange(0.3, 4),
});
