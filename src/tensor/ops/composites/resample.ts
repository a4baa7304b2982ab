/** Resampling along an axis as a product with a constant matrix: exact, and fast in both directions. */
import type { Node } from '../../graph/node.ts';
import { allocate, byteSize, type FloatDType, sizeOf } from '../../graph/type.ts';
import type { OpBuilder } from '../syntax.ts';

/** Every session holds its copy of a constant. */
const LARGEST_MATRIX_BYTES = 1024 * 1024;

/**
 * Each of `outputs` elements along an axis as a weighted sum of the elements there.
 *
 * @param weightOf weight of element `j` of x in element `i` of the result.
 * @throws when the matrix of weights would be larger than 1 MiB.
 */
export function resample(
  b: OpBuilder,
  x: Node,
  axis: number,
  outputs: number,
  weightOf: (i: number, j: number) => number,
): Node {
  const { shape } = x.type;
  const extent = shape[axis] as number;
  const dtype = x.type.dtype as FloatDType;
  if (byteSize({ dtype, shape: [outputs, extent] }) > LARGEST_MATRIX_BYTES)
    throw new Error(
      `expected extents of at most 1 MiB of weights to resample, found ${extent} to ${outputs}`,
    );
  const matrix = constantOf(b, dtype, [outputs, extent], (k) => weightOf(Math.floor(k / extent), k % extent));
  const inner = sizeOf(shape.slice(axis + 1));
  const result =
    inner === 1
      ? b.matmul(b.reshape(x, [-1, extent]), matrix, false, true)
      : b.matmul(matrix, b.reshape(x, [-1, extent, inner]));
  return b.reshape(
    result,
    shape.map((size, index) => (index === axis ? outputs : size)),
  );
}

/** A constant with the values of a function of the position. */
export function constantOf(
  b: OpBuilder,
  dtype: FloatDType,
  shape: readonly number[],
  value: (position: number) => number,
): Node {
  const data = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = value(i);
  return b.constant({ dtype, shape, data });
}
