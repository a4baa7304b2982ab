import { expect, it } from 'vitest';
import { convolution } from '../../../src/network/layers/convolution.ts';
import { evaluate, float64, numbers } from '../../tensor/evaluate.ts';
import { emptyTrace, LAYER_TOLERANCE, layerError } from './oracle-case.ts';

it('takes its weight by name and leaves out a bias that the model does not have', async () => {
  const options = { groups: 3, stride: [1, 2], padding: 1 };
  const error = await layerError('conv_grouped', ['weight'], ({ trace, get }) =>
    convolution(trace, get('x'), 'layer', options),
  );
  expect(error).toBeLessThan(LAYER_TOLERANCE);
});

it('adds a bias to each output channel, over a line as over an image', async () => {
  const { trace } = emptyTrace();
  const x = trace.b.input('x', { dtype: 'float64', shape: [1, 1, 4] });
  const parameters = {
    'line.weight': trace.b.constant(float64([1, 2, 10, 0], [2, 1, 2])),
    'line.bias': trace.b.constant(float64([100, 1000])),
  };
  const y = convolution({ ...trace, parameters }, x, 'line');
  const [found] = await evaluate([y], { x: float64([1, 2, 3, 4], [1, 1, 4]) });
  // Rows: x_t + 2 x_(t+1) + 100 and 10 x_t + 1000.
  expect(numbers(found)).toEqual([105, 108, 111, 1010, 1020, 1030]);
});

it('names the parameter that is missing', () => {
  const { trace, image } = emptyTrace();
  expect(() => convolution(trace, image, 'stem')).toThrow("expected a parameter 'stem.weight'");
});
