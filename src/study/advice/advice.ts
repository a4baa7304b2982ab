/** Advice before training: SGD or Adam, and why. */
import type { BlockDistances } from '../../spectrum/heterogeneity.ts';
import { largestEigenvalue } from '../../spectrum/moments.ts';
import type { OperatorSpectrum } from '../../spectrum/spectrum.ts';
import type { CalibrationPoint } from './calibration.ts';
import { type Forecast, forecastGap, type Verdict } from './forecast.ts';
import { type ParameterGroup, parameterGroups } from './groups.ts';

/** A block that stands out. */
export interface DeviatingBlock {
  readonly name: string;
  /** Mean distance to the other blocks, nats. */
  readonly meanDistance: number;
  /** Its largest eigenvalue over the median of all blocks'. */
  readonly scaleRatio: number;
}

export interface Advice {
  readonly verdict: Verdict;
  /** Why nothing is decided although there is a forecast: what is uncertain in the spectra. */
  readonly doubts: readonly string[];
  readonly js0: BlockDistances['js0'];
  readonly noiseFloor: number | null;
  readonly forecast: Forecast;
  readonly deviating: readonly DeviatingBlock[];
  readonly groups: readonly ParameterGroup[];
  /** What the answer does not say. */
  readonly caveat: string;
}

/** The definition of distance that the calibration was made with: no common factor of the loss changes it. */
export const ADVICE_DISTANCE = 'jsd-log';

const CAVEAT =
  'Heterogeneity of blocks is one cause of SGD falling behind, not the only one: heavy-tailed noise of the gradients, sharp or unbalanced classes and the schedule are others, and no spectrum at initialisation shows them.';

/** Blocks named. */
const DEVIATING = 5;
/** JS0 with a larger error, as a share of it, is not known well enough. */
const LARGEST_ERROR_SHARE = 0.2;
/** Distances less than this above the noise floor may be noise. */
const LEAST_OVER_FLOOR = 1.5;
/** With fewer blocks there are too few pairs. */
const LEAST_BLOCKS = 3;

/**
 * @param spectra of all blocks.
 * @param distances of `ADVICE_DISTANCE` over the same blocks.
 */
export function adviseFrom(
  spectra: readonly OperatorSpectrum[],
  distances: BlockDistances,
  calibration: readonly CalibrationPoint[],
): Advice {
  const { js0, noiseFloor } = distances;
  const forecast = forecastGap({ js0: js0.mean, js0Error: js0.standardError }, calibration);
  const doubts = doubtsOf(spectra, distances);
  return {
    verdict: doubts.length > 0 ? 'undecided' : forecast.verdict,
    doubts,
    js0,
    noiseFloor,
    forecast,
    deviating: deviatingBlocks(spectra, distances),
    groups: parameterGroups(spectra, distances),
    caveat: CAVEAT,
  };
}

function doubtsOf(spectra: readonly OperatorSpectrum[], { js0, noiseFloor }: BlockDistances): string[] {
  const doubts: string[] = [];
  const live = spectra.filter(({ isZero }) => !isZero);
  if (live.length < LEAST_BLOCKS)
    doubts.push(
      `${live.length} of ${spectra.length} blocks have a Hessian that is not zero; expected at least ${LEAST_BLOCKS}`,
    );
  const random = live.filter(({ method }) => method === 'lanczos');
  if (random.some(({ probes }) => probes.length < 2))
    doubts.push('one probe says nothing of its own error: measure at least two');
  const { mean, standardError } = js0;
  if (standardError !== null && standardError > LARGEST_ERROR_SHARE * mean)
    doubts.push(
      `JS0 is ${mean.toPrecision(3)} with an error of ${standardError.toPrecision(2)}: take more probes`,
    );
  if (noiseFloor !== null && mean < LEAST_OVER_FLOOR * noiseFloor)
    doubts.push(
      `JS0 is ${mean.toPrecision(3)} where probes of one and the same block differ by ${noiseFloor.toPrecision(3)}: take more probes`,
    );
  const unsound = live.filter(({ probes }) =>
    probes.some(({ nodes }) => nodes.length === 0 || nodes.some((node) => !Number.isFinite(node))),
  );
  if (unsound.length > 0)
    doubts.push(`the spectra of ${unsound.map(({ name }) => name).join(', ')} are not finite`);
  const unsettled = live.filter(
    ({ convergence }) =>
      convergence &&
      Math.max(convergence.stepError ?? 0, convergence.probeError ?? 0) > 5 * convergence.tolerance,
  );
  if (unsettled.length > 0)
    doubts.push(
      `the densities of ${unsettled.map(({ name }) => name).join(', ')} have not settled: take more steps or probes`,
    );
  return doubts;
}

function deviatingBlocks(
  spectra: readonly OperatorSpectrum[],
  { blocks, matrix }: BlockDistances,
): DeviatingBlock[] {
  const scales = new Map(
    spectra
      .filter(({ isZero }) => !isZero)
      .map((spectrum) => [spectrum.name, largestEigenvalue(spectrum).value]),
  );
  const sorted = [...scales.values()].sort((x, y) => x - y);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return blocks
    .flatMap((name, row) => {
      const others = (matrix[row] ?? []).filter(
        (value, column): value is number => column !== row && value !== null,
      );
      if (others.length === 0) return [];
      const meanDistance = others.reduce((sum, value) => sum + value, 0) / others.length;
      return [{ name, meanDistance, scaleRatio: (scales.get(name) as number) / median }];
    })
    .sort((x, y) => y.meanDistance - x.meanDistance)
    .slice(0, DEVIATING);
}
