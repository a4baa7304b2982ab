/** Several tangents at once through a convolution: the new axis goes into one of the axes that it has anyway. */
import type { Node } from '../../graph/node.ts';
import { type Convolution, type ConvolutionShapes, shapesOf } from './convolution.ts';
import { moveAxis } from './move-axis.ts';
import type { Batch } from './operation.ts';

type Role = keyof ConvolutionShapes;

/** What repeats for each tangent: images, channels of x, channels of y, or groups of both. */
type Place = 'images' | 'channels' | 'outputs' | 'groups';

/** Where the new axis stands in a tensor: behind the sizes `before`, and joined with the axis `joined`. */
interface Insertion {
  readonly before: readonly number[];
  readonly joined: 0 | 1;
}

/**
 * Batching of one of the three operations: with images batched on both sides it is a larger batch, with a weight
 * on one side more channels there, and with all three batched more groups.
 *
 * @param roles of the arguments and of the result.
 * @param sizes of a node.
 */
export function batchConvolution(
  roles: readonly [Role, Role],
  result: Role,
  sizes: (node: Node) => Convolution,
): Batch {
  return (b, node, inputs, batched, size) => {
    const c = sizes(node);
    const place = placeFor([result, ...roles.filter((_, index) => batched[index])]);
    const folded = inputs.map((input, index) => {
      if (!batched[index]) return input;
      const role = roles[index] as Role;
      const { before, joined } = insertionOf(role, place, c);
      const apart = b.reshape(input, [size, ...before, -1]);
      return b.reshape(moveAxis(b, apart, 0, before.length), grown(shapesOf(c)[role], joined, size));
    });
    const groups = place === 'groups' ? c.groups * size : c.groups;
    const together = b.apply(node.op, folded, { ...node.attributes, groups });
    const { before } = insertionOf(result, place, c);
    const apart = b.reshape(together, [...before, size, -1]);
    return b.reshape(moveAxis(b, apart, before.length, 0), [size, ...node.type.shape]);
  };
}

function placeFor(batched: readonly Role[]): Place {
  if (batched.length === 3) return 'groups';
  if (!batched.includes('weight')) return 'images';
  return batched.includes('y') ? 'outputs' : 'channels';
}

function insertionOf(role: Role, place: Place, { n, groups, outputs }: Convolution): Insertion {
  if (role === 'weight') {
    if (place === 'channels') return { before: [groups * outputs], joined: 1 };
    return { before: place === 'outputs' ? [groups] : [], joined: 0 };
  }
  if (place === 'images') return { before: [], joined: 0 };
  return { before: place === 'groups' ? [n] : [n, groups], joined: 1 };
}

function grown(shape: readonly number[], axis: number, size: number): number[] {
  return shape.map((extent, index) => (index === axis ? extent * size : extent));
}
