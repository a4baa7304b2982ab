/** The start of a measurement of two blocks, and coefficients whose eigenvalues are known. */
import type { RunStart } from '../../../src/app/runs/start.ts';
import { parseSpectrumRequest } from '../../../src/study/spectrum/request.ts';

export const START: RunStart = {
  kind: 'spectrum',
  request: { ...parseSpectrumRequest({ model: 'mlp', probes: 2, steps: 2 }) },
  model: { name: 'mlp', parameterCount: 30, blockCount: 2 },
  data: { description: 'digits', examplesPerBatch: 4, microBatches: 1 },
  environment: { engine: 'onnxruntime-web' },
  blocks: [
    { name: 'fc1.weight', shape: [4, 5], size: 20, kind: 'linear', layer: 1, selected: true },
    { name: 'fc2.weight', shape: [5, 2], size: 10, kind: 'linear', layer: 2, selected: true },
  ],
};

/** [[2, 1], [1, 2]] has the eigenvalues 1 and 3, and its eigenvectors begin with the same share. */
export const ONE_AND_THREE = { alphas: [2, 2], betas: [1, 0.5] } as const;
