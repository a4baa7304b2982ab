import {
  DEFAULT_DISTANCE_SETTINGS,
  DISTANCES,
  type HeterogeneityReport,
  markZeroBlocks,
  measureHeterogeneity,
  type Normaliser,
  type OperatorSpectrum,
  type Precision,
  type SpectrumMoments,
  spectrumMoments,
  spectrumNormaliser,
} from '../../spectrum/index.ts';

/** A spectrum with what it is summed up by. */
export type SummarisedSpectrum = OperatorSpectrum & SpectrumMoments & { readonly normaliser: Normaliser };

/** The result of a run. */
export interface SpectrumResult {
  readonly full: SummarisedSpectrum | null;
  readonly blocks: readonly SummarisedSpectrum[];
  /** Null with fewer than two blocks. */
  readonly heterogeneity: HeterogeneityReport | null;
}

/**
 * Moments of all spectra, zero blocks marked against the whole Hessian's scale, and all distances between blocks.
 *
 * @param inert names of blocks that are zero by the architecture.
 */
export function summariseSpectra(
  full: OperatorSpectrum | null,
  blocks: readonly OperatorSpectrum[],
  precision: Precision,
  inert: ReadonlySet<string> = new Set(),
): SpectrumResult {
  const marked = markZeroBlocks(blocks, full, precision, inert);
  const summarise = (spectrum: OperatorSpectrum): SummarisedSpectrum => ({
    ...spectrum,
    ...spectrumMoments(spectrum, precision),
    normaliser: spectrumNormaliser(spectrum, precision),
  });
  const distances = Object.values(DISTANCES);
  return {
    full: full && summarise(full),
    blocks: marked.map(summarise),
    heterogeneity:
      marked.length < 2
        ? null
        : measureHeterogeneity(marked, distances, { ...DEFAULT_DISTANCE_SETTINGS, precision }),
  };
}
