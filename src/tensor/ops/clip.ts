import type { Node } from '../graph/node.ts';
import type { TensorType } from '../graph/type.ts';
import { mapElements, unaryFloat } from './define/elementwise.ts';
import { defineOp } from './define/operation.ts';

/**
 * x kept between the numbers `min` and `max` (attributes, finite). The slope is 1 between them and 0 elsewhere, at
 * the limits too, as that of PyTorch's ReLU6 and Hardsigmoid: one factor, where a maximum and a minimum take two.
 */
export const clip = defineOp({
  name: 'clip',
  summary: 'x kept between two numbers',
  kind: 'nonlinear',
  infer: (inputs: readonly TensorType[], { min, max }) => {
    if (!(Number.isFinite(min) && Number.isFinite(max) && (min as number) < (max as number)))
      throw new Error(`clip: expected finite limits, the lower one first, found ${min} and ${max}`);
    return unaryFloat('clip')(inputs);
  },
  evaluate: (inputs, node) => {
    const { min, max } = node.attributes as { min: number; max: number };
    return mapElements((x) => Math.min(Math.max(x, min), max))(inputs, node);
  },
  jvp: (b, node, [dx]) => {
    const x = node.inputs[0] as Node;
    const { min, max } = node.attributes as { min: number; max: number };
    return b.mul(dx as Node, b.mul(b.step(b.sub(x, min)), b.step(b.sub(max, x))));
  },
  emit: (scope, [x], node) => {
    const { min, max } = node.attributes as { min: number; max: number };
    const limits = [min, max].map((limit) => scope.scalar(limit, node.type.dtype));
    return scope.node('Clip', [x as string, ...limits]);
  },
  samples: [
    { inputs: [{ shape: [9], range: [-3, 3] }], attributes: { min: -1, max: 2 } },
    { inputs: [{ shape: [2, 3], range: [-2, 8] }], attributes: { min: 0, max: 6 } },
  ],
});
