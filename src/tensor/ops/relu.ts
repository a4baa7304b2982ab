import { smoothFunction } from './define/elementwise.ts';

/** max(x, 0), elementwise; its derivative at 0 is taken as 0, as PyTorch does. */
export const relu = smoothFunction({
  name: 'relu',
  summary: 'max(x, 0)',
  f: (x) => Math.max(x, 0),
  derivative: (b, x) => b.step(x),
  emit: (scope, x) => scope.node('Relu', [x]),
  samples: [
    { inputs: [{ shape: [5], range: [0.2, 2] }] },
    { inputs: [{ shape: [2, 3], range: [-2, -0.2] }] },
  ],
});
