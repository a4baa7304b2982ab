import { resolveSigma } from '../density.ts';
import type { DistanceDefinition } from './definition.ts';
import { prepareDivergence } from './jensen-shannon.ts';

/** The Jensen-Shannon divergence on the axis of eigenvalues. */
export const jsd: DistanceDefinition = {
  name: 'jsd',
  description:
    'Jensen-Shannon divergence (1/2) KL(p|m) + (1/2) KL(q|m), m = (p+q)/2, of the two spectral densities ' +
    'over the eigenvalue, in nats, from 0 (equal) to ln 2 = 0.693 (nothing in common), after smoothing ' +
    'with Gaussians of one width sigma for all blocks; unchanged when the loss is scaled if sigma is a ' +
    'fraction of the range.',
  prepare: (spectra, settings) =>
    prepareDivergence(spectra, resolveSigma(settings.sigma, spectra), settings.gridPoints),
};
