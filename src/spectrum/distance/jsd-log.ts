import { addGaussian, type Grid } from '../density.ts';
import { zeroNodeThreshold } from '../moments.ts';
import type { OperatorSpectrum } from '../spectrum.ts';
import type { DistanceDefinition, DistanceSettings } from './definition.ts';
import {
  describeGrid,
  jensenShannonSum,
  jensenShannonTerm,
  type SampledDensity,
  sampledDensity,
  smoothingGrid,
} from './jensen-shannon.ts';

/** A spectral measure in three parts, which together have mass 1. */
interface SignedLogMeasure {
  /** Mass within rounding of zero, which has no logarithm and no sign. */
  readonly zeroMass: number;
  readonly positive: LogMasses;
  readonly negative: LogMasses;
}

interface LogMasses {
  /** log10 |node| of the nodes of one sign. */
  readonly positions: number[];
  readonly masses: number[];
}

/**
 * The divergence on the axis of log10 |lambda|.
 *
 * Positive and negative eigenvalues are apart, each with its own density over log10 |lambda|; all mass
 * on nodes within 64 eps of the block's largest |node| is one outcome, "zero". The divergence is that
 * of the mixture of the three, so it is bounded by ln 2 as before.
 */
export const jsdLog: DistanceDefinition = {
  name: 'jsd-log',
  description:
    'Jensen-Shannon divergence in nats, from 0 to ln 2 = 0.693, over log10 |eigenvalue|, with positive and ' +
    'negative eigenvalues kept apart and all mass within rounding of zero (64 eps of the largest eigenvalue ' +
    'of the block) as one outcome, smoothed with one sigma in decades: it sees differences of scale between ' +
    'blocks at every size, and is unchanged when the loss is scaled.',
  prepare: (spectra, settings) => {
    const measures = spectra.map((spectrum) => signedLogMeasure(spectrum, settings));
    const { least, largest } = positionRange(measures);
    const smoothing = smoothingGrid(least, largest, settings.logSigmaDecades, settings.gridPoints);
    const { grid, sigma, spacing } = smoothing;
    const sampled = measures.map(({ zeroMass, positive, negative }) => ({
      zeroMass,
      positive: smooth(positive, grid, sigma),
      negative: smooth(negative, grid, sigma),
    }));
    return {
      between: (i, j) => {
        const p = sampled[i]!;
        const q = sampled[j]!;
        const densities = jensenShannonSum(p.positive, q.positive) + jensenShannonSum(p.negative, q.negative);
        return spacing * densities + jensenShannonTerm(p.zeroMass, q.zeroMass);
      },
      setting: `${describeGrid(grid, sigma)} Positions are log10 |eigenvalue|.`,
    };
  },
};

function signedLogMeasure(spectrum: OperatorSpectrum, settings: DistanceSettings): SignedLogMeasure {
  const threshold = zeroNodeThreshold(spectrum, settings.precision);
  const positive: LogMasses = { positions: [], masses: [] };
  const negative: LogMasses = { positions: [], masses: [] };
  let zeroMass = 0;
  for (const { nodes, weights } of spectrum.probes) {
    nodes.forEach((node, i) => {
      const mass = weights[i]! / spectrum.probes.length;
      if (Math.abs(node) <= threshold) {
        zeroMass += mass;
        return;
      }
      const side = node > 0 ? positive : negative;
      side.positions.push(Math.log10(Math.abs(node)));
      side.masses.push(mass);
    });
  }
  return { zeroMass, positive, negative };
}

function positionRange(measures: readonly SignedLogMeasure[]): { least: number; largest: number } {
  let least = Infinity;
  let largest = -Infinity;
  for (const { positive, negative } of measures) {
    for (const { positions } of [positive, negative]) {
      for (const position of positions) {
        least = Math.min(least, position);
        largest = Math.max(largest, position);
      }
    }
  }
  // Spectra that are zero throughout have no logarithm; any grid serves them.
  return least <= largest ? { least, largest } : { least: 0, largest: 0 };
}

function smooth({ positions, masses }: LogMasses, grid: Grid, sigma: number): SampledDensity {
  const density = new Float64Array(grid.points.length);
  positions.forEach((position, i) => {
    addGaussian(density, grid, position, masses[i]!, sigma);
  });
  return sampledDensity(density);
}
