import { linearGrid, meanDensity, nodeRange } from '../density.ts';
import type { DistanceDefinition } from './definition.ts';
import { describeGrid, jensenShannonSum, sampledDensity } from './jensen-shannon.ts';

/** The smoothing in the paper's code: a variance of 1e-5 in units of eigenvalues. */
const PAPER_SIGMA = Math.sqrt(1e-5);
const PAPER_GRID_POINTS = 50_000;
/** The paper's code lets a grid begin 1 below the least node and end 1 above the largest. */
const PAPER_MARGIN = 1;

/**
 * A guess at the numbers of the paper's Table 1.
 *
 * They go up to 286, so they are no plain divergence in nats, and neither the paper nor its code has
 * the formula. This one gives values of that range with nothing fitted. It depends on the scale of
 * the loss and on the length and count of the grid, and where the spacing exceeds sigma (eigenvalues
 * beyond about 80) nodes can fall between the points.
 */
export const paper: DistanceDefinition = {
  name: 'paper',
  description:
    'A guess at the measure behind Table 1 of the paper, whose formula is unpublished: the sum over 50,000 ' +
    'grid points, from 1 below the least to 1 above the largest node, of (1/2) p log(p/m) + (1/2) q log(q/m), ' +
    'm = (p+q)/2, on density values with sigma = sqrt(1e-5) and without the grid spacing, that is the ' +
    'Jensen-Shannon divergence in nats divided by the spacing (in 1 / units of eigenvalues, at most ' +
    'ln 2 / spacing); it changes with the scale of the loss.',
  prepare: (spectra) => {
    const { least, largest } = nodeRange(spectra);
    const grid = linearGrid(least - PAPER_MARGIN, largest + PAPER_MARGIN, PAPER_GRID_POINTS);
    const densities = spectra.map((spectrum) => sampledDensity(meanDensity(spectrum, grid, PAPER_SIGMA)));
    return {
      between: (i, j) => jensenShannonSum(densities[i]!, densities[j]!),
      setting: describeGrid(grid, PAPER_SIGMA),
    };
  },
};
