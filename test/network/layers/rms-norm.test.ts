import { expect, it } from 'vitest';
import { rmsNorm } from '../../../src/network/layers/rms-norm.ts';
import { emptyTrace, LAYER_TOLERANCE, layerError } from './oracle-case.ts';

it('is that of PyTorch', async () => {
  const error = await layerError('rms_norm', ['weight'], ({ trace, get }) =>
    rmsNorm(trace, get('x'), 'layer'),
  );
  expect(error).toBeLessThan(LAYER_TOLERANCE);
});

it('names the parameter that is missing', () => {
  const { trace, image } = emptyTrace();
  expect(() => rmsNorm(trace, image, 'final')).toThrow("expected a parameter 'final.weight'");
});
