import { smoothFunction } from './define/elementwise.ts';

/** Absolute value, elementwise; its derivative at 0 is 0. */
export const abs = smoothFunction({
  name: 'abs',
  summary: 'absolute value',
  f: Math.abs,
  derivative: (b, x) => b.sign(x),
  emit: (scope, x) => scope.node('Abs', [x]),
  samples: [
    { inputs: [{ shape: [5], range: [0.2, 2] }] },
    { inputs: [{ shape: [2, 3], range: [-2, -0.2] }] },
  ],
});
