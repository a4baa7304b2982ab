/** Normalisation of images [n, channels, ..extents], without the parameters and with them. */

import type { Node } from '../../graph/node.ts';
import { formatType } from '../../graph/type.ts';
import type { OpBuilder } from '../syntax.ts';

/** x times a scale and plus a shift for each channel, [channels]; null for none. */
export function affineByChannel(b: OpBuilder, x: Node, scale: Node | null, shift: Node | null): Node {
  const column = (values: Node) => b.reshape(values, [-1, ...x.type.shape.slice(2).map(() => 1)]);
  const scaled = scale ? b.mul(x, column(scale)) : x;
  return shift ? b.add(scaled, column(shift)) : scaled;
}

/** Zero mean and unit variance for each channel over images and extents. */
export function standardizeChannels(b: OpBuilder, x: Node, epsilon: number): Node {
  const axes = x.type.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  return b.standardize(x, epsilon, axes);
}

/**
 * Scale and shift for each channel that normalise by given statistics: two passes over x.
 * @param mean and variance, [channels].
 */
export function normaliseByStatistics(
  b: OpBuilder,
  x: Node,
  statistics: { readonly mean: Node; readonly variance: Node },
  scale: Node | null,
  shift: Node | null,
  epsilon: number,
): Node {
  const deviation = b.rsqrt(b.add(statistics.variance, epsilon));
  const factor = scale ? b.mul(scale, deviation) : deviation;
  const offset = b.mul(statistics.mean, factor);
  return affineByChannel(b, x, factor, shift ? b.sub(shift, offset) : b.neg(offset));
}

/**
 * Zero mean and unit variance for each image over the channels of a group and the extents; one group for each
 * channel is instance normalisation.
 * @throws when the channels do not divide into the groups.
 */
export function standardizeGroups(b: OpBuilder, x: Node, groups: number, epsilon: number): Node {
  const [n, channels] = x.type.shape as [number, number];
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0)
    throw new Error(`expected channels that divide into ${groups} groups, found ${formatType(x.type)}`);
  const rows = b.reshape(x, [n, groups, -1]);
  return b.reshape(b.standardize(rows, epsilon), x.type.shape);
}
