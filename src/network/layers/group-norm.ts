import type { Node } from '../../tensor/graph/node.ts';
import { affineByChannel, standardizeGroups } from '../../tensor/ops/composites/normalisation.ts';
import type { Trace } from '../models/model.ts';

/** PyTorch's default, added to the variance. */
export const GROUP_NORM_EPSILON = 1e-5;

/**
 * Group normalisation of x [n, channels, ..extents] with `<name>.weight` and `<name>.bias` [channels], each if the
 * model has it. As many groups as channels are instance normalisation.
 * @throws when the channels do not divide into the groups.
 */
export function groupNorm(
  { b, parameters }: Trace,
  x: Node,
  name: string,
  groups: number,
  epsilon = GROUP_NORM_EPSILON,
): Node {
  return affineByChannel(
    b,
    standardizeGroups(b, x, groups, epsilon),
    parameters[`${name}.weight`] ?? null,
    parameters[`${name}.bias`] ?? null,
  );
}
