/** Distances between the spectra of all blocks, and their mean: the paper's JS0 (section 2.6). */
import type { DistanceDefinition, DistanceSettings } from './distance/definition.ts';
import { type Estimate, jackknifeStandardError } from './estimate.ts';
import type { OperatorSpectrum } from './spectrum.ts';

/** How blocks that are zero to rounding enter the distances; written beside every result. */
export const ZERO_BLOCK_TREATMENT =
  'Blocks whose Hessian is zero to rounding, against the scale of the whole Hessian, are left out of every ' +
  'distance and of JS0 (their rows are empty): their spectra are rounding noise, so distances to them would ' +
  'say nothing about the model, and no step size for them can be wrong.';

/** All distances of one definition. */
export interface BlockDistances {
  readonly definition: string;
  /** What the definition means, and the grid and sigma used. */
  readonly description: string;
  readonly blocks: readonly string[];
  /** Symmetric with a zero diagonal; rows and columns of zero blocks are null. */
  readonly matrix: readonly (readonly (number | null)[])[];
  /** Mean over unordered pairs of different blocks that are not zero; 0 when there are fewer than two. */
  readonly js0: Estimate;
  /** Mean over the whole matrix of the L non-zero blocks with its zero diagonal: (L-1)/L of js0. */
  readonly js0WholeMatrix: number;
  /**
   * What two equal spectra would seem to differ by: the mean over blocks of the distance between
   * disjoint halves of one block's probes. Halves hold half the probes, so it errs on the high side.
   * Null where no block has two probes.
   */
  readonly noiseFloor: number | null;
}

/** Distances of several definitions over the same blocks. */
export interface HeterogeneityReport {
  readonly zeroBlocks: { readonly names: readonly string[]; readonly treatment: string };
  readonly definitions: readonly BlockDistances[];
}

/** All the definitions asked for, over the same blocks. */
export function measureHeterogeneity(
  spectra: readonly OperatorSpectrum[],
  definitions: readonly DistanceDefinition[],
  settings: DistanceSettings,
): HeterogeneityReport {
  return {
    zeroBlocks: {
      names: spectra.filter(({ isZero }) => isZero).map(({ name }) => name),
      treatment: ZERO_BLOCK_TREATMENT,
    },
    definitions: definitions.map((definition) => measureBlockDistances(spectra, definition, settings)),
  };
}

/**
 * One definition over all pairs of blocks.
 *
 * The standard error of JS0 is a jackknife over probes: the whole estimate, grid and normalisers
 * included, is made again without probe i of every block, for each i. It is null when a block was
 * measured with a single random probe (exact spectra have none to leave out, and stay whole; when all
 * are exact there is no such error, and it is null too).
 *
 * Blocks marked `isZero` are left out, for the reason in `ZERO_BLOCK_TREATMENT`.
 */
export function measureBlockDistances(
  spectra: readonly OperatorSpectrum[],
  definition: DistanceDefinition,
  settings: DistanceSettings,
): BlockDistances {
  const kept = spectra.filter(({ isZero }) => !isZero);
  const { distances, setting } = pairDistances(kept, definition, settings);
  const js0 = meanOffDiagonal(distances);
  const leftOut = withoutOneProbe(kept).map((subset) =>
    meanOffDiagonal(pairDistances(subset, definition, settings).distances),
  );
  const count = kept.length;
  return {
    definition: definition.name,
    description: setting === null ? definition.description : `${definition.description} ${setting}`,
    blocks: spectra.map(({ name }) => name),
    matrix: withEmptyRows(spectra, distances),
    js0: { mean: js0, standardError: jackknifeStandardError(leftOut) },
    js0WholeMatrix: count === 0 ? 0 : (js0 * (count - 1)) / count,
    noiseFloor: noiseFloorOf(kept, definition, settings),
  };
}

function pairDistances(
  spectra: readonly OperatorSpectrum[],
  definition: DistanceDefinition,
  settings: DistanceSettings,
): { distances: number[][]; setting: string | null } {
  const distances = spectra.map(() => new Array<number>(spectra.length).fill(0));
  if (spectra.length === 0) return { distances, setting: null };
  const prepared = definition.prepare(spectra, settings);
  for (let i = 0; i < spectra.length; i++) {
    for (let j = 0; j < i; j++) {
      const distance = prepared.between(i, j);
      distances[i]![j] = distance;
      distances[j]![i] = distance;
    }
  }
  return { distances, setting: prepared.setting };
}

function meanOffDiagonal(distances: readonly (readonly number[])[]): number {
  const count = distances.length;
  if (count < 2) return 0;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) sum += distances[i]![j]!;
  }
  return sum / ((count * (count - 1)) / 2);
}

/** The matrix over all blocks, with null where a zero block stands. */
function withEmptyRows(
  spectra: readonly OperatorSpectrum[],
  distances: readonly (readonly number[])[],
): (number | null)[][] {
  let rank = 0;
  const places = spectra.map(({ isZero }) => (isZero ? null : rank++));
  return places.map((i) => places.map((j) => (i === null || j === null ? null : distances[i]![j]!)));
}

/** For each probe i that all random spectra have, the spectra without it; none if one has a single probe. */
function withoutOneProbe(spectra: readonly OperatorSpectrum[]): OperatorSpectrum[][] {
  const counts = spectra.filter(({ method }) => method === 'lanczos').map(({ probes }) => probes.length);
  const common = counts.length === 0 ? 0 : Math.min(...counts);
  if (common < 2) return [];
  return Array.from({ length: common }, (_, i) =>
    spectra.map((spectrum) =>
      spectrum.method === 'exact' ? spectrum : { ...spectrum, probes: spectrum.probes.toSpliced(i, 1) },
    ),
  );
}

function noiseFloorOf(
  spectra: readonly OperatorSpectrum[],
  definition: DistanceDefinition,
  settings: DistanceSettings,
): number | null {
  const split = spectra.filter(({ probes }) => probes.length >= 2);
  if (split.length === 0) return null;
  const halves = split.flatMap((spectrum) => {
    const half = Math.floor(spectrum.probes.length / 2);
    return [
      { ...spectrum, probes: spectrum.probes.slice(0, half) },
      { ...spectrum, probes: spectrum.probes.slice(half, 2 * half) },
    ];
  });
  const prepared = definition.prepare(halves, settings);
  const distances = split.map((_, k) => prepared.between(2 * k, 2 * k + 1));
  return distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
}
