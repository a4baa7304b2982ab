/** Images to other extents. */
import type { Node } from '../../graph/node.ts';
import type { FloatDType } from '../../graph/type.ts';
import { perAxis } from '../define/window.ts';
import type { OpBuilder } from '../syntax.ts';
import { constantOf, resample } from './resample.ts';

/**
 * Nearest neighbour, element floor(i in / out) for element i, as PyTorch's `nearest`. Enlarging by whole numbers is a
 * transposed convolution with ones: a quarter of the time of repeating.
 * x [n, channels, ..extents] -> [n, channels, ..outputs].
 */
export function resizeNearest(b: OpBuilder, x: Node, outputs: readonly number[]): Node {
  const extents = x.type.shape.slice(2);
  perAxis('number of outputs', outputs, extents.length);
  if (outputs.every((output, axis) => output % (extents[axis] as number) === 0)) {
    const factors = outputs.map((output, axis) => output / (extents[axis] as number));
    const planes = b.reshape(x, [-1, 1, ...extents]);
    const ones = constantOf(b, x.type.dtype as FloatDType, [1, 1, ...factors], () => 1);
    const repeated = b.convTranspose(planes, ones, outputs, { stride: factors });
    return b.reshape(repeated, [...x.type.shape.slice(0, 2), ...outputs]);
  }
  return outputs.reduce((value, output, axis) => {
    const extent = extents[axis] as number;
    return resample(b, value, axis + 2, output, (i, j) =>
      j === Math.min(Math.floor((i * extent) / output), extent - 1) ? 1 : 0,
    );
  }, x);
}

/**
 * Linear interpolation along each axis, PyTorch's `linear`, `bilinear` and `trilinear`.
 * x [n, channels, ..extents] -> [n, channels, ..outputs].
 *
 * @param alignCorners whether the first and last elements meet, instead of the outer edges.
 */
export function resizeLinear(b: OpBuilder, x: Node, outputs: readonly number[], alignCorners: boolean): Node {
  const extents = x.type.shape.slice(2);
  perAxis('number of outputs', outputs, extents.length);
  return outputs.reduce((value, output, axis) => {
    const extent = extents[axis] as number;
    return resample(b, value, axis + 2, output, (i, j) => {
      const position = sourcePosition(i, extent, output, alignCorners);
      return Math.max(0, 1 - Math.abs(position - j));
    });
  }, x);
}

function sourcePosition(i: number, extent: number, output: number, alignCorners: boolean): number {
  if (alignCorners) return output === 1 ? 0 : (i * (extent - 1)) / (output - 1);
  const position = ((i + 0.5) * extent) / output - 0.5;
  return Math.min(Math.max(position, 0), extent - 1);
}
