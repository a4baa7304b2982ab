import type { ParameterSpec } from '../network/models/model.ts';
import type { Vector } from '../spectrum/operator.ts';
import { allocate, type FloatDType, type HostTensor, sizeOf } from '../tensor/graph/type.ts';
import { axpy } from '../vector/vector.ts';

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
 * Flat vectors as tensors, one for each parameter. Each gets memory of its own, since the runtime's sums depend on
 * where a tensor starts; a single vector of a single parameter needs no copy.
 *
 * @param size how many vectors a tensor holds, along a leading axis unless it is 1; fewer are filled up with zeros.
 * @param into tensors of an earlier call with the same layout and size, to be overwritten.
 * @throws when a vector has another length than the layout.
 */
export function toTensors(
  vectors: readonly Vector[],
  layout: VectorLayout,
  dtype: FloatDType,
  size: number,
  into?: readonly HostTensor[],
): HostTensor[] {
  for (const { length } of vectors)
    if (length !== layout.dim)
      throw new Error(`expected a vector of ${layout.dim} elements, found ${length}`);
  return layout.parts.map(({ shape, start, stop }, index) => {
    if (size === 1 && stop - start === layout.dim) return { dtype, shape, data: vectors[0] as Vector };
    const data = (into?.[index]?.data as Vector | undefined) ?? allocate(dtype, size * (stop - start));
    if (into) data.fill(0, vectors.length * (stop - start));
    for (const [position, vector] of vectors.entries())
      data.set(vector.subarray(start, stop), position * (stop - start));
    return { dtype, shape: size === 1 ? shape : [size, ...shape], data };
  });
}

/**
 * result[part] += share * product, for one parameter's part of a flat vector.
 * @param isFirst whether the result still holds zeros there.
 */
export function accumulate(
  result: Vector,
  start: number,
  product: Vector,
  share: number,
  isFirst: boolean,
): void {
  // A single micro-batch is the usual case, and a copy is several times faster than a sum.
  if (isFirst && share === 1) {
    result.set(product, start);
    return;
  }
  axpy(share, product, result.subarray(start, start + product.length));
}

/** A zero vector for a layout. */
export function zeroVector(layout: VectorLayout, dtype: FloatDType): Vector {
  return allocate(dtype, layout.dim);
}
