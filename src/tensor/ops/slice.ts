import type { Node } from '../graph/node.ts';
import { stridesOf } from '../graph/shape.ts';
import { formatType, type HostTensor, sizeOf, type TensorType } from '../graph/type.ts';
import { fill, strideOffsets } from './define/elementwise.ts';
import { defineOp, firstArgument } from './define/operation.ts';

/**
 * A regular part of a tensor: along each axis from `starts` up to before `stops` in `steps`,
 * counted from the front, steps at least 1.
 */
export const slice = defineOp({
  name: 'slice',
  summary: 'a regular part of a tensor',
  kind: 'linear',
  linearArguments: firstArgument,
  infer: ([x], attributes) => {
    const type = x as TensorType;
    const [starts, stops, steps] = boundsOf(attributes);
    const fits = type.shape.every(
      (extent, axis) =>
        (starts[axis] as number) >= 0 &&
        (stops[axis] as number) <= extent &&
        (starts[axis] as number) < (stops[axis] as number) &&
        (steps[axis] as number) >= 1,
    );
    if (!fits || starts.length !== type.shape.length)
      throw new Error(
        `slice: expected bounds within ${formatType(type)}, found [${starts.join(', ')}] to [${stops.join(', ')}] in steps [${steps.join(', ')}]`,
      );
    const shape = starts.map((start, axis) =>
      Math.ceil(((stops[axis] as number) - start) / (steps[axis] as number)),
    );
    return { dtype: type.dtype, shape };
  },
  evaluate: ([x], node) => {
    const { data, shape } = x as HostTensor;
    const [starts, , steps] = boundsOf(node.attributes);
    const strides = stridesOf(shape);
    const first = starts.reduce((sum, start, axis) => sum + start * (strides[axis] as number), 0);
    const offsets = strideOffsets(
      node.type.shape,
      strides.map((stride, axis) => stride * (steps[axis] as number)),
      first,
    );
    return fill(node.type.dtype, sizeOf(node.type.shape), (i) => Number(data[offsets[i] as number]));
  },
  batch: (b, node, [x], _, size) => {
    const [starts, stops, steps] = boundsOf(node.attributes);
    return b.slice(x as Node, [0, ...starts], [size, ...stops], [1, ...steps]);
  },
  transpose: (b, cotangent, node) => {
    const [starts, , steps] = boundsOf(node.attributes);
    const full = (node.inputs[0] as Node).type.shape;
    const interior = steps.map((step) => step - 1);
    const high = full.map((extent, axis) => {
      const count = node.type.shape[axis] as number;
      return extent - (starts[axis] as number) - ((count - 1) * (steps[axis] as number) + 1);
    });
    return b.pad(cotangent, starts, high, interior);
  },
  emit: (scope, [x], node) => {
    const [starts, stops, steps] = boundsOf(node.attributes);
    const axes = starts.map((_, axis) => axis);
    return scope.node('Slice', [
      x as string,
      ...[starts, stops, axes, steps].map((values) => scope.ints(values)),
    ]);
  },
  samples: [
    { inputs: [{ shape: [5] }], attributes: { starts: [1], stops: [4], steps: [1] } },
    { inputs: [{ shape: [3, 7] }], attributes: { starts: [0, 1], stops: [2, 7], steps: [1, 3] } },
    { inputs: [{ shape: [6] }], attributes: { starts: [0], stops: [5], steps: [2] } },
  ],
});

function boundsOf(
  attributes: Readonly<Record<string, unknown>>,
): [readonly number[], readonly number[], readonly number[]] {
  return [attributes.starts, attributes.stops, attributes.steps] as [number[], number[], number[]];
}
