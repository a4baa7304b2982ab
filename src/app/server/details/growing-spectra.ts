/** Spectra from coefficients as far as they have come, be they of a run directory or of a measurement in a page. */
import {
  exactSpectrum,
  type OperatorSpectrum,
  type ProbeSpectrum,
  probeSpectrum,
} from '../../../spectrum/index.ts';
import type { LanczosFile } from '../../runs/records.ts';
import { parseRecordText } from '../../runs/schema.ts';

/** An operator as far as it has come. */
export interface GrowingSpectrum {
  readonly spectrum: OperatorSpectrum;
  /** Whether nothing more will come. */
  readonly isWhole: boolean;
}

/** One probe as far as it has come. */
export interface GrowingProbe {
  readonly probe: ProbeSpectrum;
  readonly dim: number;
  readonly hasEnded: boolean;
}

/** What nodes and weights are made of. */
export type Coefficients = Pick<LanczosFile, 'alphas' | 'betas' | 'dim' | 'finished'>;

/** Nodes and weights of a probe; null before its first step. */
export function growingProbe({ alphas, betas, dim, finished }: Coefficients): GrowingProbe | null {
  if (alphas.length === 0) return null;
  return { probe: probeSpectrum({ alphas, betas }), dim, hasEnded: finished !== null };
}

/**
 * The spectrum of the probes that have begun; null when none has.
 * @param probeCount how many were asked for.
 */
export function growingSpectrum(
  name: string,
  begun: readonly GrowingProbe[],
  probeCount: number,
): GrowingSpectrum | null {
  const [first] = begun;
  if (!first) return null;
  const probes = begun.map(({ probe }) => probe);
  return {
    spectrum: { name, dim: first.dim, method: 'lanczos', isZero: false, probes },
    isWhole: begun.length === probeCount && begun.every(({ hasEnded }) => hasEnded),
  };
}

/** A probe from the text of its file. @throws UserError when the file is damaged. */
export function probeFrom(text: string, path: string): GrowingProbe | null {
  return growingProbe(parseRecordText('lanczos', text, path));
}

/** An exact spectrum from the text of its file. @throws UserError when the file is damaged. */
export function exactFrom(text: string, path: string): OperatorSpectrum {
  const { block, eigenvalues } = parseRecordText('exact', text, path);
  return exactSpectrum(block, eigenvalues);
}
