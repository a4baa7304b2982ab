import { requireFloat } from '../graph/shape.ts';
import { formatType, type HostTensor, sizeOf, type TensorType } from '../graph/type.ts';
import { floats } from './define/elementwise.ts';
import { defineOp } from './define/operation.ts';
import { placesOf, tapsOf, windowAttributes } from './define/window.ts';

/**
 * Where the largest element of each window stands: x [n, channels, ..extents] -> int64 [n, channels, ..places],
 * positions in the flattened x. Attributes `kernel`, `strides`, `low`, `high`, `dilations`, one number for each
 * spatial axis. Padding is never the largest; of equal elements the first is taken, as PyTorch does.
 *
 * Max pooling is a gather at these positions, which is linear once they are known: its tangent is the same gather,
 * at a tenth of the cost of masks over strided slices.
 */
export const windowArgmax = defineOp({
  name: 'windowArgmax',
  summary: 'where the largest element of each window stands',
  kind: 'nondifferentiable',
  infer: ([x], attributes) => {
    const type = x as TensorType;
    requireFloat('windowArgmax', type);
    if (type.shape.length < 3)
      throw new Error(`windowArgmax: expected x [n, channels, ..extents], found ${formatType(type)}`);
    const kernel = attributes.kernel as readonly number[];
    const window = windowAttributes(attributes);
    const places = placesOf('windowArgmax', type.shape.slice(2), kernel, window);
    if ([...window.low, ...window.high].some((width, i) => width >= (kernel[i % kernel.length] as number)))
      throw new Error(
        `windowArgmax: expected less padding than the kernel [${kernel.join(', ')}], found ${JSON.stringify(window)}`,
      );
    return { dtype: 'int64', shape: [...type.shape.slice(0, 2), ...places] };
  },
  evaluate: ([x], node) => {
    const { shape } = x as HostTensor;
    const extents = shape.slice(2);
    const places = node.type.shape.slice(2);
    const taps = tapsOf(
      extents,
      node.attributes.kernel as readonly number[],
      places,
      windowAttributes(node.attributes),
    );
    const values = floats(x);
    const result = new BigInt64Array(sizeOf(node.type.shape)).fill(-1n);
    for (let plane = 0; plane < sizeOf(shape.slice(0, 2)); plane++)
      for (const { place, source } of taps) {
        const at = plane * sizeOf(places) + place;
        const found = result[at] as bigint;
        const candidate = plane * sizeOf(extents) + source;
        if (found < 0n || (values[candidate] as number) > (values[Number(found)] as number))
          result[at] = BigInt(candidate);
      }
    return result;
  },
  emit: (scope, [x], node) => {
    const { strides, low, high, dilations } = windowAttributes(node.attributes);
    const [, positions] = scope.nodeWithOutputs('MaxPool', [x as string], 2, {
      kernel_shape: { ints: node.attributes.kernel as readonly number[] },
      strides: { ints: strides },
      pads: { ints: [...low, ...high] },
      dilations: { ints: dilations },
    });
    return positions as string;
  },
  samples: [
    {
      inputs: [{ shape: [2, 3, 4, 6] }],
      attributes: { kernel: [2, 2], strides: [2, 2], low: [0, 0], high: [0, 0], dilations: [1, 1] },
    },
    {
      inputs: [{ shape: [2, 2, 7, 6] }],
      attributes: { kernel: [3, 3], strides: [2, 2], low: [1, 1], high: [1, 1], dilations: [1, 1] },
    },
    {
      inputs: [{ shape: [1, 2, 7, 8] }],
      attributes: { kernel: [2, 3], strides: [1, 2], low: [0, 2], high: [1, 0], dilations: [2, 1] },
    },
    {
      inputs: [{ shape: [2, 2, 9] }],
      attributes: { kernel: [3], strides: [3], low: [0], high: [0], dilations: [1] },
    },
  ],
});
