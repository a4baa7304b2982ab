import type { ParameterSpec } from '../network/models/model.ts';
import type { Vector } from '../spectrum/operator.ts';
import { allocate, type FloatDType, type HostTensor, sizeOf } from '../tensor/graph/type.ts';

/** Where each parameter of a group lies in the group's flat vectors. */
export interface VectorLayout {
  readonly dim: number;
  readonly parts: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly start: number;
    readonly stop: number;
  }[];
}

/** Parameters one after the other, in the order given. */
export function layoutOf(parameters: readonly ParameterSpec[]): VectorLayout {
  let start = 0;
  const parts = parameters.map(({ name, shape }) => {
    const part = { name, shape, start, stop: start + sizeOf(shape) };
    start = part.stop;
    return part;
  });
  return { dim: start, parts };
}

/**
 * A flat vector as tensors, one for each parameter. Each gets memory of its own, since the runtime's sums depend on
 * where a tensor starts; a group of one parameter needs no copy.
 */
export function toTensors(vector: Vector, layout: VectorLayout, dtype: FloatDType): HostTensor[] {
  if (vector.length !== layout.dim)
    throw new Error(`expected a vector of ${layout.dim} elements, found ${vector.length}`);
  return layout.parts.map(({ shape, start, stop }) => {
    const isWhole = start === 0 && stop === vector.length && vector.byteOffset === 0;
    return { dtype, shape, data: isWhole ? vector : vector.slice(start, stop) };
  });
}

/** result[part] += share * product, for one parameter's part of a flat vector. */
export function accumulate(result: Vector, start: number, product: Vector, share: number): void {
  for (let i = 0; i < product.length; i++)
    result[start + i] = (result[start + i] as number) + share * (product[i] as number);
}

/** A zero vector for a layout. */
export function zeroVector(layout: VectorLayout, dtype: FloatDType): Vector {
  return allocate(dtype, layout.dim);
}
