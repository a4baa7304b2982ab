import { UserError } from '../../errors.ts';
import type { Node } from '../../tensor/graph/node.ts';
import type { ImageShape } from '../data/dataset.ts';
import type { Trace } from '../models/model.ts';

/** Images that are cut into square patches without overlap. */
export interface PatchGrid {
  readonly image: ImageShape;
  /** Side of a patch in pixels; divides height and width. */
  readonly patch: number;
}

/** Number of patches of one image. @throws UserError when the patches do not tile it. */
export function patchCount(model: string, { image, patch }: PatchGrid): number {
  const { height, width } = image;
  if (height % patch === 0 && width % patch === 0) return (height / patch) * (width / patch);
  throw new UserError(
    `${model}: expected images that patches of ${patch} x ${patch} pixels tile, found ${height} x ${width}; set the option 'patch' to a divisor of both, or choose other data`,
  );
}

/**
 * A convolution whose stride is its kernel, as one product with the matrix of all patches. `<name>.weight` has a
 * convolution's shape [width, channels, patch, patch], `<name>.bias` is [width].
 *
 * @param images [n, channels * height * width] or [n, channels, height, width].
 * @returns [n * patches, width], image by image, its patches row by row.
 */
export function patchEmbedding(
  { b, parameters }: Trace,
  images: Node,
  name: string,
  { image, patch }: PatchGrid,
): Node {
  const weight = parameters[`${name}.weight`] as Node;
  const { channels, height, width } = image;
  const count = images.type.shape[0] as number;
  const [rows, columns, features] = [height / patch, width / patch, channels * patch * patch];
  const split = b.reshape(images, [count, channels, rows, patch, columns, patch]);
  const gathered = b.transpose(split, [0, 2, 4, 1, 3, 5]);
  const patches = b.reshape(gathered, [count * rows * columns, features]);
  const matrix = b.reshape(weight, [weight.type.shape[0] as number, features]);
  return b.add(b.matmul(patches, matrix, false, true), parameters[`${name}.bias`] as Node);
}
