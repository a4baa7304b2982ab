import { overRange, smoothFunction } from './define/elementwise.ts';

/** Cosine, elementwise. */
export const cos = smoothFunction({
  name: 'cos',
  summary: 'cosine',
  f: Math.cos,
  derivative: (b, x) => b.neg(b.sin(x)),
  emit: (scope, x) => scope.node('Cos', [x]),
  samples: overRange(-4, 4),
});
