import type { Node } from '../graph/node.ts';
import { stridesOf } from '../graph/shape.ts';
import { allocate, formatType, type HostTensor, sizeOf, type TensorType } from '../graph/type.ts';
import { strideOffsets } from './define/elementwise.ts';
import { defineOp, type EmitScope, firstArgument } from './define/operation.ts';

/**
 * Zeros around a tensor and between its elements: along each axis `low` before, `high` after and
 * `interior` between neighbours. The transpose of a slice with steps.
 */
export const pad = defineOp({
  name: 'pad',
  summary: 'zeros around a tensor and between its elements',
  kind: 'linear',
  linearArguments: firstArgument,
  infer: ([x], attributes) => {
    const type = x as TensorType;
    const widths = widthsOf(attributes);
    if (widths.some((list) => list.length !== type.shape.length || list.some((width) => width < 0)))
      throw new Error(
        `pad: expected a width of at least 0 for each axis of ${formatType(type)}, found ${JSON.stringify(widths)}`,
      );
    const [low, high, interior] = widths;
    const shape = type.shape.map(
      (extent, axis) =>
        (low[axis] as number) + extent + (extent - 1) * (interior[axis] as number) + (high[axis] as number),
    );
    return { dtype: type.dtype, shape };
  },
  evaluate: ([x], node) => {
    const { data, shape } = x as HostTensor;
    const [low, , interior] = widthsOf(node.attributes);
    const strides = stridesOf(node.type.shape);
    const first = low.reduce((sum, width, axis) => sum + width * (strides[axis] as number), 0);
    const target = strideOffsets(
      shape,
      strides.map((stride, axis) => stride * ((interior[axis] as number) + 1)),
      first,
    );
    const result = allocate('float64', sizeOf(node.type.shape));
    for (let i = 0; i < data.length; i++) result[target[i] as number] = Number(data[i]);
    return result;
  },
  batch: (b, node, [x]) => {
    const [low, high, interior] = widthsOf(node.attributes);
    return b.pad(x as Node, [0, ...low], [0, ...high], [0, ...interior]);
  },
  transpose: (b, cotangent, node) => {
    const [low, , interior] = widthsOf(node.attributes);
    const steps = interior.map((width) => width + 1);
    const stops = (node.inputs[0] as Node).type.shape.map(
      (extent, axis) => (low[axis] as number) + (extent - 1) * (steps[axis] as number) + 1,
    );
    return b.slice(cotangent, low, stops, steps);
  },
  emit: (scope, [x], node) => {
    const [low, high, interior] = widthsOf(node.attributes);
    return emitPad(scope, x as string, (node.inputs[0] as Node).type.shape, low, high, interior);
  },
  samples: [
    { inputs: [{ shape: [3] }], attributes: { low: [1], high: [2], interior: [0] } },
    { inputs: [{ shape: [2, 3] }], attributes: { low: [0, 1], high: [1, 0], interior: [2, 1] } },
  ],
});

/** Writes the padding of a value of a shape. A negative width before or after cuts elements off. */
export function emitPad(
  scope: EmitScope,
  x: string,
  shape: readonly number[],
  low: readonly number[],
  high: readonly number[],
  interior: readonly number[],
): string {
  const spread = [...shape];
  let value = x;
  for (const [axis, width] of interior.entries())
    if (width > 0) value = spreadAxis(scope, value, spread, axis, width);
  if ([...low, ...high].every((width) => width === 0)) return value;
  return scope.node('Pad', [value, scope.ints([...low, ...high])]);
}

/** Puts `width` zeros after each element of an axis, then drops those after the last; updates `shape`. */
function spreadAxis(scope: EmitScope, value: string, shape: number[], axis: number, width: number): string {
  const split = [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)];
  const before = split.map(() => 0);
  const after = split.map((_, index) => (index === axis + 1 ? width : 0));
  const apart = scope.node('Reshape', [value, scope.ints(split)]);
  const padded = scope.node('Pad', [apart, scope.ints([...before, ...after])]);
  const extent = shape[axis] as number;
  shape[axis] = extent * (width + 1);
  const joined = scope.node('Reshape', [padded, scope.ints(shape)]);
  shape[axis] = extent * (width + 1) - width;
  return scope.node('Slice', [
    joined,
    scope.ints([0]),
    scope.ints([shape[axis] as number]),
    scope.ints([axis]),
  ]);
}

function widthsOf(
  attributes: Readonly<Record<string, unknown>>,
): [readonly number[], readonly number[], readonly number[]] {
  return [attributes.low, attributes.high, attributes.interior] as [number[], number[], number[]];
}
