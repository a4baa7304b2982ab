/** Arithmetic on tensors that are known while a file is imported. */
import { broadcastShapes, broadcastStrides, stridesOf } from '../../graph/shape.ts';
import { type DType, type FloatDType, type HostTensor, sizeOf } from '../../graph/type.ts';
import { strideOffsets } from '../../ops/define/elementwise.ts';
import { emptyElements } from './element-types.ts';
import { LARGEST_MADE } from './made-elements.ts';

const isFloat = (dtype: DType) => dtype === 'float32' || dtype === 'float64';

/** The same tensor, floats in a given precision. */
export function inDType(tensor: HostTensor, dtype: FloatDType): HostTensor {
  if (!isFloat(tensor.dtype)) return tensor;
  const wanted = dtype === 'float32' ? Float32Array : Float64Array;
  const values = tensor.data as Float32Array | Float64Array;
  if (tensor.dtype === dtype && values instanceof wanted) return tensor;
  return { dtype, shape: tensor.shape, data: wanted.from(values) };
}

/** A tensor from numbers; integers are cut off, bools are whether a number is not 0. */
export function tensorOf(
  dtype: DType,
  shape: readonly number[],
  value: (position: number) => number,
): HostTensor {
  const count = sizeOf(shape);
  const data = emptyElements(dtype, count);
  for (let i = 0; i < count; i++) {
    const number = value(i);
    if (dtype === 'int64') data[i] = BigInt(Math.trunc(number)) as never;
    else data[i] = (dtype === 'bool' ? Number(number !== 0) : number) as never;
  }
  return { dtype, shape, data };
}

/** One-dimensional integers. */
export function integerTensor(
  values: readonly number[],
  shape: readonly number[] = [values.length],
): HostTensor {
  return tensorOf('int64', shape, (i) => values[i] as number);
}

/** The elements as numbers. */
export function numbersOf(tensor: HostTensor): number[] {
  return Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

/** f of one tensor, element by element; the result has its type unless another is given. */
export function mapTensor(x: HostTensor, f: (x: number) => number, dtype: DType = x.dtype): HostTensor {
  return tensorOf(dtype, x.shape, (i) => f(Number(x.data[i])));
}

/** f of two tensors that broadcast. */
export function zipTensors(
  x: HostTensor,
  y: HostTensor,
  f: (x: number, y: number) => number,
  dtype: DType = x.dtype,
): HostTensor {
  const shape = broadcastShapes(x.shape, y.shape);
  const largest = Math.max(x.data.length, y.data.length, LARGEST_MADE);
  if (sizeOf(shape) > largest)
    throw new Error(`expected known tensors of at most ${largest} elements, found [${shape.join(', ')}]`);
  const [left, right] = [x, y].map((tensor) =>
    strideOffsets(shape, broadcastStrides(tensor.shape, shape)),
  ) as [Int32Array, Int32Array];
  return tensorOf(dtype, shape, (i) =>
    f(Number(x.data[left[i] as number]), Number(y.data[right[i] as number])),
  );
}

/** The elements of x at given positions of memory. */
export function pickElements(
  x: HostTensor,
  shape: readonly number[],
  positions: ArrayLike<number>,
): HostTensor {
  const data = emptyElements(x.dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = x.data[positions[i] as number] as never;
  return { dtype: x.dtype, shape, data };
}

/** Positions in memory of the elements that lists of indices, one for each axis, choose from a shape. */
export function positionsAt(shape: readonly number[], indices: readonly (readonly number[])[]): number[] {
  const strides = stridesOf(shape);
  return indices.reduce<number[]>(
    (positions, list, axis) =>
      positions.flatMap((position) => list.map((index) => position + index * (strides[axis] as number))),
    [0],
  );
}

/** Folds the elements that fall on one result when axes are reduced. */
export function reduceTensor(
  x: HostTensor,
  axes: readonly number[],
  keepDims: boolean,
  combine: (accumulated: number, x: number) => number,
): HostTensor {
  const kept = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  const target = strideOffsets(x.shape, broadcastStrides(kept, x.shape));
  const results = new Map<number, number>();
  for (let i = 0; i < x.data.length; i++) {
    const [at, value] = [target[i] as number, Number(x.data[i])];
    const earlier = results.get(at);
    results.set(at, earlier === undefined ? value : combine(earlier, value));
  }
  const shape = keepDims ? kept : x.shape.filter((_, axis) => !axes.includes(axis));
  return tensorOf(x.dtype, shape, (i) => results.get(i) ?? 0);
}
