/** Spectra of a run that is not done, from the coefficients that its probes have so far. */
import { join } from 'node:path';
import {
  exactSpectrum,
  type OperatorSpectrum,
  type ProbeSpectrum,
  probeSpectrum,
} from '../../../spectrum/index.ts';
import { exactPath, lanczosPath, WHOLE_HESSIAN } from '../../runs/layout.ts';
import type { BlockRecord } from '../../runs/records.ts';
import { parseRecordText } from '../../runs/schema.ts';
import { ReadFiles } from '../entries/file-stamps.ts';
import { Turns } from '../entries/turns.ts';

/** An operator as far as it has come. */
export interface GrowingSpectrum {
  readonly spectrum: OperatorSpectrum;
  /** Whether nothing more will come. */
  readonly isWhole: boolean;
}

interface GrowingProbe {
  readonly probe: ProbeSpectrum;
  readonly dim: number;
  readonly hasEnded: boolean;
}

/**
 * Reads the coefficients of one run; what has not changed since is not read again. Files that are damaged are passed over,
 * as the run itself does when it goes on.
 */
export class CoefficientReader {
  readonly #path: string;
  readonly #probeCount: number;
  readonly #exact = new ReadFiles(exactFrom);
  readonly #lanczos = new ReadFiles(probeFrom);

  /** @param probeCount how many were asked for, of each block. */
  constructor(path: string, probeCount: number) {
    this.#path = path;
    this.#probeCount = probeCount;
  }

  /** The spectra of all blocks that have been begun, and of the whole matrix, by name. */
  async read(blocks: readonly BlockRecord[]): Promise<Map<string, GrowingSpectrum>> {
    const names = [...blocks.filter(({ selected }) => selected).map(({ name }) => name), WHOLE_HESSIAN];
    const turns = new Turns();
    const found = new Map<string, GrowingSpectrum>();
    for (const name of names) {
      const growing = this.#growing(name);
      if (growing) found.set(name, growing);
      await turns.give();
    }
    return found;
  }

  #growing(name: string): GrowingSpectrum | null {
    const exact = this.#exact.read(join(this.#path, exactPath(name)));
    if (exact) return { spectrum: exact, isWhole: true };
    const begun: GrowingProbe[] = [];
    for (let probe = 0; probe < this.#probeCount; probe++) {
      const found = this.#lanczos.read(join(this.#path, lanczosPath(name, probe)));
      if (found) begun.push(found);
    }
    const [first] = begun;
    if (!first) return null;
    const probes = begun.map(({ probe }) => probe);
    return {
      spectrum: { name, dim: first.dim, method: 'lanczos', isZero: false, probes },
      isWhole: begun.length === this.#probeCount && begun.every(({ hasEnded }) => hasEnded),
    };
  }
}

function exactFrom(text: string, path: string): OperatorSpectrum {
  const { block, eigenvalues } = parseRecordText('exact', text, path);
  return exactSpectrum(block, eigenvalues);
}

function probeFrom(text: string, path: string): GrowingProbe | null {
  const { alphas, betas, dim, finished } = parseRecordText('lanczos', text, path);
  if (alphas.length === 0) return null;
  return { probe: probeSpectrum({ alphas, betas }), dim, hasEnded: finished !== null };
}
