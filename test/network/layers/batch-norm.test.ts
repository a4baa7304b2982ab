import { describe, expect, it } from 'vitest';
import { batchNorm } from '../../../src/network/layers/batch-norm.ts';
import { evaluate, numbers } from '../../tensor/evaluate.ts';
import { emptyTrace, LAYER_TOLERANCE, layerError } from './oracle-case.ts';

describe('batch normalisation', () => {
  it('by the statistics of the batch is that of PyTorch in training', async () => {
    const error = await layerError('batch_norm', ['weight', 'bias'], ({ trace, get }) =>
      batchNorm(trace, get('x'), 'layer', 'batch'),
    );
    expect(error).toBeLessThan(LAYER_TOLERANCE);
  });

  it('by running statistics is that of PyTorch in evaluation', async () => {
    const error = await layerError('batch_norm_running', ['weight', 'bias'], ({ trace, get }) =>
      batchNorm(trace, get('x'), 'layer', { mean: get('mean'), variance: get('variance') }),
    );
    expect(error).toBeLessThan(LAYER_TOLERANCE);
  });

  it('without parameters leaves each channel with mean 0 and mean square below 1 by epsilon', async () => {
    const { trace, image } = emptyTrace();
    const y = batchNorm(trace, image, 'layer', 'batch');
    const values = Float64Array.from({ length: 2 * 6 * 16 }, (_, i) => Math.sin(i * i));
    const [means, squares] = await evaluate(
      [trace.b.reduceMean(y, [0, 2, 3]), trace.b.reduceMean(trace.b.mul(y, y), [0, 2, 3])],
      { image: { dtype: 'float64', shape: image.type.shape, data: values } },
    );
    for (const mean of numbers(means)) expect(Math.abs(mean)).toBeLessThan(1e-15);
    // variance / (variance + 1e-5) with variances of a sine, between 0.2 and 1.
    for (const square of numbers(squares)) expect(Math.abs(square - 1)).toBeLessThan(5e-5);
    for (const square of numbers(squares)) expect(square).toBeLessThan(1);
  });
});
