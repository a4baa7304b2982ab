/** Vectors over groups of parameters within vectors over all of them. */
import { layoutOf } from '../../curvature/layout.ts';
import type { ParameterSpec } from '../../network/models/model.ts';
import type { Vector } from '../../spectrum/index.ts';
import type { ParameterGroup } from './groups.ts';

/** Elements that lie together in vectors over all parameters. */
export interface Piece {
  readonly start: number;
  readonly size: number;
}

/** The pieces of some groups, in their order. @param parameters all of the model's. */
export function piecesOf(
  parameters: readonly ParameterSpec[],
  groups: readonly Pick<ParameterGroup, 'slices'>[],
): Piece[] {
  const places = new Map(layoutOf(parameters).parts.map(({ name, start }) => [name, start]));
  return groups.flatMap(({ slices }) =>
    slices.map(({ parameter, from, size }) => ({
      start: (places.get(parameter.name) as number) + from,
      size,
    })),
  );
}

/** A vector over the pieces as one over all parameters, zero elsewhere. */
export function embed(column: Vector, pieces: readonly Piece[], dim: number): Vector {
  const vector = column instanceof Float32Array ? new Float32Array(dim) : new Float64Array(dim);
  let from = 0;
  for (const { start, size } of pieces) {
    vector.set(column.subarray(from, from + size), start);
    from += size;
  }
  return vector;
}

/** The part of a vector over all parameters that lies in the pieces. */
export function extract(product: Vector, pieces: readonly Piece[], dim: number): Vector {
  const vector = product instanceof Float32Array ? new Float32Array(dim) : new Float64Array(dim);
  let to = 0;
  for (const { start, size } of pieces) {
    vector.set(product.subarray(start, start + size), to);
    to += size;
  }
  return vector;
}
