import type { Node } from '../../tensor/graph/node.ts';
import type { Trace } from '../models/model.ts';

/** That of Mamba and of Llama's first versions, added to the mean square. */
export const RMS_NORM_EPSILON = 1e-5;

/** RMS normalisation over the last axis, x / sqrt(mean(x^2) + epsilon), times `<name>.weight`. */
export function rmsNorm({ b, parameters }: Trace, x: Node, name: string, epsilon = RMS_NORM_EPSILON): Node {
  const scale = parameters[`${name}.weight`];
  if (!scale) throw new Error(`expected a parameter '${name}.weight', found none of that name`);
  return b.mul(b.standardize(x, epsilon, [-1], false), scale);
}
