import { overRange, smoothFunction } from './define/elementwise.ts';

/** Sine, elementwise. */
export const sin = smoothFunction({
  name: 'sin',
  summary: 'sine',
  f: Math.sin,
  derivative: (b, x) => b.cos(x),
  emit: (scope, x) => scope.node('Sin', [x]),
  samples: overRange(-4, 4),
});
