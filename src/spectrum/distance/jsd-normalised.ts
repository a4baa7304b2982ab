import { divideSpectrum, spectrumNormaliser } from '../normaliser.ts';
import type { DistanceDefinition } from './definition.ts';
import { prepareDivergence } from './jensen-shannon.ts';

/** The divergence of shapes: each spectrum in units of its own 10th largest eigenvalue. */
export const jsdNormalised: DistanceDefinition = {
  name: 'jsd-normalised',
  description:
    'Jensen-Shannon divergence in nats, from 0 to ln 2 = 0.693, after dividing the eigenvalues of each block ' +
    'by its 10th largest one (or its stated fall-back), as in Figure 3 of the paper, smoothed with one sigma ' +
    'in those units: it compares shapes and ignores scales, those of the blocks as well as that of the loss.',
  prepare: (spectra, settings) => {
    const divided = spectra.map((spectrum) =>
      divideSpectrum(spectrum, spectrumNormaliser(spectrum, settings.precision).value),
    );
    return prepareDivergence(divided, settings.normalisedSigma, settings.gridPoints);
  },
};
