/** An order of blocks in which those with like spectra stand together. */
import { agnes } from 'ml-hclust';

/**
 * The leaves of an average-linkage clustering, from one end to the other; blocks without distances come last, in their own
 * order.
 *
 * @param matrix of distances; rows of blocks that have none are null.
 */
export function clusterOrder(matrix: readonly (readonly (number | null)[])[]): number[] {
  const positions = matrix.map((_, index) => index);
  const kept = positions.filter((index) => matrix[index]?.[index] !== null);
  const left = positions.filter((index) => matrix[index]?.[index] === null);
  if (kept.length < 2) return [...kept, ...left];
  const distances = kept.map((row) => kept.map((column) => matrix[row]?.[column] as number));
  const tree = agnes(distances, { method: 'average', isDistanceMatrix: true });
  return [...tree.indices().map((leaf) => kept[leaf] as number), ...left];
}
