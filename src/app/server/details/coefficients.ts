/** Spectra of a run that is not done, from the coefficients that its probes have so far. */
import { join } from 'node:path';
import { exactPath, lanczosPath, WHOLE_HESSIAN } from '../../runs/layout.ts';
import type { BlockRecord } from '../../runs/records.ts';
import { ReadFiles } from '../entries/file-stamps.ts';
import { Turns } from '../entries/turns.ts';
import {
  exactFrom,
  type GrowingProbe,
  type GrowingSpectrum,
  growingSpectrum,
  probeFrom,
} from './growing-spectra.ts';

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
    return growingSpectrum(name, begun, this.#probeCount);
  }
}
