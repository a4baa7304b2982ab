import type { Node } from '../../tensor/graph/node.ts';
import { affineByChannel } from '../../tensor/ops/composites/normalisation.ts';
import type { ConvolutionOptions } from '../../tensor/ops/syntax.ts';
import type { Trace } from '../models/model.ts';

/**
 * Convolution in PyTorch's layout over one, two or three spatial axes: x [n, channels, ..extents], `<name>.weight`
 * [outputs, channels / groups, ..kernel], `<name>.bias` [outputs] if the model has one.
 * @returns [n, outputs, ..places]
 */
export function convolution(
  { b, parameters }: Trace,
  x: Node,
  name: string,
  options: ConvolutionOptions = {},
): Node {
  const weight = parameters[`${name}.weight`];
  if (!weight) throw new Error(`expected a parameter '${name}.weight', found none of that name`);
  return affineByChannel(b, b.conv(x, weight, options), null, parameters[`${name}.bias`] ?? null);
}
