import { expect, it } from 'vitest';
import { graphCost } from '../../src/curvature/cost.ts';
import { gradient } from '../../src/tensor/autodiff/gradient.ts';
import { newBuilder } from '../../src/tensor/ops/index.ts';
import { graphOfNodes } from '../tensor/evaluate.ts';

it('counts two operations for each multiply-add of products, convolutions and their gradients', () => {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape: [2, 4, 8, 8] });
  const kernel = b.input('kernel', { dtype: 'float32', shape: [6, 2, 3, 3] });
  const rows = b.input('rows', { dtype: 'float32', shape: [10, 2 * 6 * 16] });
  const y = b.conv(x, kernel, { groups: 2, stride: 2, padding: 1 });
  const product = b.matmul(rows, b.reshape(y, [-1, 1]));
  // 2 images, 6 channels of 4 x 4 places, each a sum over 2 channels of 3 x 3 elements.
  const convolution = 2 * (2 * 6 * 16) * (2 * 9);
  const columns = 2 * 10 * (2 * 6 * 16);
  expect(graphCost(graphOfNodes([product])).productFlops).toBe(convolution + columns);
  // The image's gradient and the kernel's, and that of y through the columns, which is a product with ones.
  const gradients = gradient(b, b.reduceSum(product, [0, 1]), [x, kernel]);
  expect(graphCost(graphOfNodes(gradients)).productFlops).toBe(2 * convolution + columns);
});
