/** Pooling and resizing of images. */
import type { Node } from '../../../graph/node.ts';
import { averagePool, maxPool } from '../../../ops/composites/pooling.ts';
import { resample } from '../../../ops/composites/resample.ts';
import { resizeNearest } from '../../../ops/composites/resize.ts';
import type { Call } from './call.ts';
import type { ConverterTable } from './converter.ts';
import { windowOfNode } from './window.ts';

function poolingOptions(call: Call) {
  const kernel = call.node.ints('kernel_shape') ?? call.fail('expected a kernel_shape, found none');
  const window = windowOfNode(call, call.shape(0).slice(2), kernel);
  return { kernel, ...window, ceilMode: call.node.int('ceil_mode', 0) === 1 };
}

function averagePooling(call: Call): Node {
  const countIncludesPadding = call.node.int('count_include_pad', 0) === 1;
  return averagePool(call.b, call.input(0), { ...poolingOptions(call), countIncludesPadding });
}

/** Where an element of the result lies in the image, by ONNX's ways to place one grid over the other. */
function sourcePlace(
  call: Call,
  mode: string,
  i: number,
  extent: number,
  output: number,
  scale: number,
): number {
  switch (mode) {
    case 'half_pixel':
      return (i + 0.5) / scale - 0.5;
    case 'pytorch_half_pixel':
      return output > 1 ? (i + 0.5) / scale - 0.5 : 0;
    case 'asymmetric':
      return i / scale;
    case 'align_corners':
      return output === 1 ? 0 : (i * (extent - 1)) / (output - 1);
    case 'half_pixel_symmetric': {
      const adjustment = output / (scale * extent);
      return (extent / 2) * (1 - adjustment) + (i + 0.5) / scale - 0.5;
    }
    default:
      return call.fail(`expected a known way to place the grid, found '${mode}'`);
  }
}

/** Which neighbour is nearest where two are equally near. */
function rounded(call: Call, mode: string, place: number): number {
  switch (mode) {
    case 'floor':
      return Math.floor(place);
    case 'ceil':
      return Math.ceil(place);
    case 'round_prefer_floor':
      return Math.ceil(place - 0.5);
    case 'round_prefer_ceil':
      return Math.floor(place + 0.5);
    default:
      return call.fail(`expected a known way to round, found '${mode}'`);
  }
}

/** Keys' cubic with the coefficient `a`. */
function cubicWeight(distance: number, a: number): number {
  const d = Math.abs(distance);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

interface Resizing {
  readonly outputs: readonly number[];
  readonly scales: readonly number[];
}

function resizingOf(call: Call): Resizing {
  const shape = call.shape(0);
  // Operator set 10 has x and scales only.
  const [scalesAt, sizesAt] = call.opset < 11 ? [1, -1] : [2, 3];
  const isSized = sizesAt >= 0 && call.optional(sizesAt) !== null;
  if (call.node.ints('axes')) call.fail("expected all axes, found the attribute 'axes'");
  if (call.node.int('antialias', 0) === 1) call.fail('expected no antialiasing, found some');
  if (isSized) {
    const outputs = call.numbers(sizesAt);
    return { outputs, scales: outputs.map((output, axis) => output / (shape[axis] as number)) };
  }
  const scales = call.numbers(scalesAt);
  return {
    scales,
    outputs: shape.map((extent, axis) => Math.floor(extent * (scales[axis] as number) + 1e-6)),
  };
}

function resize(call: Call): Node {
  const { b, node } = call;
  const x = call.input(0);
  const { outputs, scales } = resizingOf(call);
  const mode = node.text('mode', 'nearest');
  const grid = node.text('coordinate_transformation_mode', call.opset < 11 ? 'asymmetric' : 'half_pixel');
  const rounding = node.text('nearest_mode', call.opset < 11 ? 'floor' : 'round_prefer_floor');
  const enlarges = outputs.every((output, axis) => output % (x.type.shape[axis] as number) === 0);
  // Whole factors repeat elements whichever way the grid lies, but for corners that are aligned.
  const repeats =
    mode === 'nearest' && enlarges && (grid === 'asymmetric' ? rounding === 'floor' : grid === 'half_pixel');
  if (repeats && x.type.shape.length > 2 && outputs[0] === x.type.shape[0] && outputs[1] === x.type.shape[1])
    return resizeNearest(b, x, outputs.slice(2));
  const a = node.float('cubic_coeff_a', -0.75);
  return outputs.reduce<Node>((value, output, axis) => {
    const extent = value.type.shape[axis] as number;
    if (output === extent) return value;
    const last = extent - 1;
    const scale = scales[axis] as number;
    call.claim(output * extent);
    const within = (place: number) => Math.min(Math.max(place, 0), last);
    return resample(b, value, axis, output, (i, j) => {
      const place = sourcePlace(call, grid, i, extent, output, scale);
      if (mode === 'nearest') return Number(within(rounded(call, rounding, place)) === j);
      if (mode === 'linear') return Math.max(0, 1 - Math.abs(within(place) - j));
      if (mode !== 'cubic') return call.fail(`expected the mode nearest, linear or cubic, found '${mode}'`);
      // Neighbours beyond the edge are the edge.
      const first = Math.floor(place) - 1;
      return [0, 1, 2, 3].reduce(
        (sum, k) => sum + (within(first + k) === j ? cubicWeight(place - first - k, a) : 0),
        0,
      );
    });
  }, x);
}

export const POOLING: ConverterTable = {
  MaxPool: {
    since: 1,
    limits: 'without indices',
    convert: (call) => [maxPool(call.b, call.input(0), poolingOptions(call)), null],
  },
  AveragePool: { since: 1, convert: averagePooling },
  Resize: { since: 10, limits: 'no antialiasing, no cropping', convert: resize },
  Upsample: { since: 9, convert: resize },
};
