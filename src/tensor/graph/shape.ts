/** Shape arithmetic that several shape rules share: broadcasting, axes, permutations. */
import { type DType, formatType, sameShape, type TensorType } from './type.ts';

/**
 * The shape that two shapes broadcast to: aligned at their last axes, extents equal or 1.
 * @throws when two extents differ and neither is 1.
 */
export function broadcastShapes(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1)
      throw new Error(
        `expected shapes that broadcast, found [${a.join(', ')}] and [${b.join(', ')}], which differ at axis ${axis}`,
      );
    return left === 1 ? right : left;
  });
}

/** The axes over which `shape` was repeated to become `target`, as axes of `target`. */
export function broadcastAxes(shape: readonly number[], target: readonly number[]): number[] {
  const lead = target.length - shape.length;
  return target.flatMap((extent, axis) =>
    axis < lead || (shape[axis - lead] === 1 && extent !== 1) ? [axis] : [],
  );
}

/** An axis counted from the front. @throws when it lies outside the rank. */
export function normaliseAxis(axis: number, rank: number): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normal < 0 || normal >= rank)
    throw new Error(`expected an axis from ${-rank} to ${rank - 1}, found ${axis}`);
  return normal;
}

/** The shape after reducing over `axes` (counted from the front). */
export function reducedShape(shape: readonly number[], axes: readonly number[], keepDims: boolean): number[] {
  return keepDims
    ? shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
    : shape.filter((_, axis) => !axes.includes(axis));
}

/** Row-major strides of a shape, in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return strides;
}

/** Strides of a tensor of `shape` read as if it had `target` shape: zero along repeated axes. */
export function broadcastStrides(shape: readonly number[], target: readonly number[]): number[] {
  const own = stridesOf(shape);
  const lead = target.length - shape.length;
  return target.map((_, axis) =>
    axis < lead || shape[axis - lead] === 1 ? 0 : (own[axis - lead] as number),
  );
}

/** @throws unless the type is floating point. */
export function requireFloat(op: string, type: TensorType): void {
  if (type.dtype !== 'float32' && type.dtype !== 'float64')
    throw new Error(`${op}: expected a floating-point tensor, found ${formatType(type)}`);
}

/** @throws unless all types have the same element type. */
export function requireSameDType(op: string, types: readonly TensorType[]): DType {
  const first = types[0] as TensorType;
  if (types.some((type) => type.dtype !== first.dtype))
    throw new Error(`${op}: expected one element type, found ${types.map(formatType).join(' and ')}`);
  return first.dtype;
}

/** @throws unless `type` has exactly this element type and shape. */
export function requireType(what: string, expected: TensorType, found: TensorType): void {
  if (expected.dtype !== found.dtype || !sameShape(expected.shape, found.shape))
    throw new Error(`${what}: expected ${formatType(expected)}, found ${formatType(found)}`);
}
