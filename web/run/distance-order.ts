/** Orders of the rows of a distance matrix. */
import { orderedKinds } from '../../src/app/report/theme.ts';
import type { BlockSummary, DistanceMatrix } from '../../src/app/server/contract/entries.ts';

export const DISTANCE_ORDERS = ['network', 'kind', 'clustering'] as const;
export type DistanceOrder = (typeof DISTANCE_ORDERS)[number];

/** Indices of the matrix in an order; zero blocks, which have no distances, stay away. */
export function distanceOrder(
  { blocks: names, matrix, clusterOrder }: DistanceMatrix,
  blocks: readonly BlockSummary[],
  order: DistanceOrder,
): number[] {
  const hasDistances = (index: number) => matrix[index]?.some((value) => value !== null) === true;
  const network = names.map((_, index) => index);
  if (order === 'clustering') {
    const rest = network.filter((index) => !clusterOrder.includes(index));
    return [...clusterOrder, ...rest].filter(hasDistances);
  }
  if (order === 'network') return network.filter(hasDistances);
  const kindOf = new Map(blocks.map(({ name, kind }) => [name, kind]));
  const kinds = orderedKinds(kindOf.values());
  const rank = (index: number) => kinds.indexOf(kindOf.get(names[index] as string) ?? '');
  // Sorting keeps the network's order within a kind.
  return network.filter(hasDistances).sort((a, b) => rank(a) - rank(b));
}
