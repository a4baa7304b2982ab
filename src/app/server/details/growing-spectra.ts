/** Spectra from coefficients as far as they have come, be they of a run directory or of a measurement in a page. */
import {
  exactSpectrum,
  type OperatorSpectrum,
  type ProbeSpectrum,
  probeSpectrum,
} from '../../../spectrum/index.ts';
import { WHOLE_HESSIAN } from '../../runs/layout.ts';
import type { BlockRecord, LanczosFile } from '../../runs/records.ts';
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

/** Where what has been computed of a run is found; null for what has not been begun. */
export interface GrowingFiles {
  exact(name: string): OperatorSpectrum | null | Promise<OperatorSpectrum | null>;
  probe(name: string, probe: number): GrowingProbe | null | Promise<GrowingProbe | null>;
}

/**
 * The spectra of all blocks that have been begun, and of the whole matrix, by name.
 * @param probeCount how many were asked for, of each block.
 * @param giveTurn called after each block.
 */
export async function growingSpectra(
  blocks: readonly BlockRecord[],
  probeCount: number,
  files: GrowingFiles,
  giveTurn: () => void | Promise<void> = () => {},
): Promise<Map<string, GrowingSpectrum>> {
  const names = [...blocks.filter(({ selected }) => selected).map(({ name }) => name), WHOLE_HESSIAN];
  const found = new Map<string, GrowingSpectrum>();
  for (const name of names) {
    const exact = await files.exact(name);
    const growing = exact
      ? { spectrum: exact, isWhole: true }
      : growingSpectrum(name, await begunProbes(name, probeCount, files), probeCount);
    if (growing) found.set(name, growing);
    await giveTurn();
  }
  return found;
}

async function begunProbes(
  name: string,
  probeCount: number,
  files: GrowingFiles,
): Promise<readonly GrowingProbe[]> {
  const begun: GrowingProbe[] = [];
  for (let probe = 0; probe < probeCount; probe++) {
    const found = await files.probe(name, probe);
    if (found) begun.push(found);
  }
  return begun;
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
