/** The two blocks that are least alike. */
import type { DistanceMatrix } from '../../src/app/server/contract/entries.ts';

/** Null where no two blocks have a distance. */
export function farthestPair({ blocks, matrix }: DistanceMatrix): readonly [string, string] | null {
  let farthest: { readonly pair: readonly [string, string]; readonly distance: number } | null = null;
  for (const [row, values] of matrix.entries())
    for (const [column, distance] of values.slice(0, row).entries())
      if (distance !== null && (farthest === null || distance > farthest.distance))
        farthest = { pair: [blocks[column] as string, blocks[row] as string], distance };
  return farthest?.pair ?? null;
}
