import type { Node } from '../../tensor/graph/node.ts';
import type { Trace } from '../models/model.ts';

/** PyTorch's default, added to the variance. */
export const LAYER_NORM_EPSILON = 1e-5;

/**
 * LayerNorm over the last axis with `<name>.weight` and, if the model has one, `<name>.bias`.
 * @param epsilon added to the variance.
 */
export function layerNorm(
  { b, parameters }: Trace,
  x: Node,
  name: string,
  epsilon = LAYER_NORM_EPSILON,
): Node {
  const scale = parameters[`${name}.weight`];
  if (!scale) throw new Error(`expected a parameter '${name}.weight', found none of that name`);
  return b.layerNorm(x, scale, parameters[`${name}.bias`] ?? null, epsilon);
}
