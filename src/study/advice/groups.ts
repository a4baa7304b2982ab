/** Parameter groups and learning rates by block, from spectra. */
import { agnes } from 'ml-hclust';
import { mean } from 'simple-statistics';
import type { BlockDistances } from '../../spectrum/heterogeneity.ts';
import type { OperatorSpectrum } from '../../spectrum/spectrum.ts';
import { largestMagnitude } from '../../spectrum/zero.ts';

/** Blocks that can share one learning rate. */
export interface ParameterGroup {
  readonly blocks: readonly string[];
  /** By which the common learning rate of SGD is multiplied. */
  readonly factor: number;
}

/**
 * Groups of blocks whose spectra are alike: average linkage over the distances, cut where blocks differ by more than
 * spectra of one block do by chance, and by more than half of JS0.
 *
 * The factor of a group is 1 / L, with L the geometric mean over its blocks of the largest |Ritz value|, the rate beyond
 * which SGD diverges in a block being 2 / L (paper, Theorem 1: each block's own step size). Factors are scaled to a
 * geometric mean of 1 over blocks. Zero blocks are in no group: no rate is wrong for them.
 */
export function parameterGroups(
  spectra: readonly OperatorSpectrum[],
  { blocks, matrix, js0, noiseFloor }: BlockDistances,
): ParameterGroup[] {
  const kept = blocks.flatMap((name, index) =>
    matrix[index]?.[index] === null ? [] : [{ name, index, scale: scaleOf(spectra, name) }],
  );
  if (kept.length === 0) return [];
  const members = kept.length === 1 ? [[0]] : clusters(kept, matrix, Math.max(noiseFloor ?? 0, js0.mean / 2));
  const meanLog = mean(kept.map(({ scale }) => Math.log(scale)));
  return members
    .map((group) => ({
      blocks: group.map((member) => (kept[member] as (typeof kept)[number]).name),
      factor: Math.exp(
        meanLog - mean(group.map((member) => Math.log((kept[member] as (typeof kept)[number]).scale))),
      ),
    }))
    .sort((x, y) => y.factor - x.factor);
}

/** The factors of a training by `blockwise-sgd`, by parameter. */
export function rateFactors(groups: readonly ParameterGroup[]): Record<string, number> {
  return Object.fromEntries(
    groups.flatMap(({ blocks, factor }) => blocks.map((name): [string, number] => [name, factor])),
  );
}

function clusters(
  kept: readonly { readonly index: number }[],
  matrix: BlockDistances['matrix'],
  cut: number,
): number[][] {
  const distances = kept.map(({ index: row }) =>
    kept.map(({ index: column }) => matrix[row]?.[column] as number),
  );
  const tree = agnes(distances, { method: 'average', isDistanceMatrix: true });
  return tree
    .cut(cut)
    .map((cluster) => cluster.indices())
    .map((indices) => [...indices].sort((x, y) => x - y));
}

/** The largest |Ritz value| of a block that is not zero. */
function scaleOf(spectra: readonly OperatorSpectrum[], name: string): number {
  const spectrum = spectra.find((candidate) => candidate.name === name);
  if (!spectrum) throw new Error(`expected the spectrum of '${name}', found none`);
  return largestMagnitude([spectrum]);
}
