import { meanMeasure } from '../density.ts';
import type { DistanceDefinition } from './definition.ts';

/** The earth mover's distance between the discrete measures themselves. */
export const wasserstein1: DistanceDefinition = {
  name: 'wasserstein-1',
  description:
    'Wasserstein-1 distance, the integral of |F - G| over the eigenvalue of the two cumulative spectral ' +
    'distributions: the mean distance by which mass has to be moved, in units of eigenvalues, without bound ' +
    'and without any smoothing; it is proportional to the scale of the loss.',
  prepare: (spectra) => {
    const measures = spectra.map(meanMeasure);
    return {
      between: (i, j) => wassersteinOne(measures[i]!, measures[j]!),
      setting: 'Used here: nodes and weights as they are.',
    };
  },
};

/** Point masses at ascending nodes; the masses sum to 1. */
export interface PointMasses {
  readonly nodes: ArrayLike<number>;
  readonly masses: ArrayLike<number>;
}

/** The exact W1 distance of two discrete measures, by one walk along the merged nodes. */
export function wassersteinOne(p: PointMasses, q: PointMasses): number {
  let i = 0;
  let j = 0;
  let difference = 0;
  let distance = 0;
  let position = Math.min(p.nodes[0]!, q.nodes[0]!);
  while (i < p.nodes.length || j < q.nodes.length) {
    const next = Math.min(p.nodes[i] ?? Infinity, q.nodes[j] ?? Infinity);
    distance += Math.abs(difference) * (next - position);
    position = next;
    for (; p.nodes[i] === next; i++) difference += p.masses[i]!;
    for (; q.nodes[j] === next; j++) difference -= q.masses[j]!;
  }
  return distance;
}
