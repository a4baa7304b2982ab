/** Element types that graphs know. */
export type DType = 'float32' | 'float64' | 'int64' | 'bool';

/** The floating-point element types. */
export type FloatDType = 'float32' | 'float64';

/** What a tensor is before it has values: element type and static shape, row-major. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** The typed array that holds each element type; a bool is a byte, 0 or 1. */
export interface TensorData {
  float32: Float32Array;
  float64: Float64Array;
  int64: BigInt64Array;
  bool: Uint8Array;
}

/** A tensor with its values on the host, row-major, `data.length` equal to the product of `shape`. */
export interface HostTensor extends TensorType {
  readonly data: TensorData[DType];
}

/** Number of elements of a shape; 1 for a scalar's empty shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** `float32[2, 3]`, the way types stand in messages and printed graphs. */
export function formatType(type: TensorType): string {
  return `${type.dtype}[${type.shape.join(', ')}]`;
}

/** True when both shapes have the same extents in the same order. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** Bytes of one element. */
export function bytesPerElement(dtype: DType): number {
  return { float32: 4, float64: 8, int64: 8, bool: 1 }[dtype];
}

/** Bytes of a whole tensor. */
export function byteSize(type: TensorType): number {
  return sizeOf(type.shape) * bytesPerElement(type.dtype);
}

/** A zero-filled typed array of `size` elements of `dtype`. */
export function allocate<D extends DType>(dtype: D, size: number): TensorData[D];
export function allocate(dtype: DType, size: number): TensorData[DType] {
  switch (dtype) {
    case 'float32':
      return new Float32Array(size);
    case 'float64':
      return new Float64Array(size);
    case 'int64':
      return new BigInt64Array(size);
    case 'bool':
      return new Uint8Array(size);
  }
}
