import type { DistanceDefinition } from './definition.ts';
import { jsd } from './jsd.ts';

/** The square root of the divergence, which is a metric (Endres and Schindelin, 2003). */
export const jsDistance: DistanceDefinition = {
  name: 'js-distance',
  description:
    'Jensen-Shannon distance: the square root of jsd (same densities, grid and sigma), without units, from ' +
    '0 to sqrt(ln 2) = 0.833; unlike jsd it obeys the triangle inequality.',
  prepare: (spectra, settings) => {
    const { between, setting } = jsd.prepare(spectra, settings);
    return { between: (i, j) => Math.sqrt(between(i, j)), setting };
  },
};
