/** Spectra of a run that is not done, from the coefficients that its probes have so far. */
import { join } from 'node:path';
import { exactPath, lanczosPath } from '../../runs/layout.ts';
import type { BlockRecord } from '../../runs/records.ts';
import { ReadFiles } from '../entries/file-stamps.ts';
import { Turns } from '../entries/turns.ts';
import { exactFrom, type GrowingSpectrum, growingSpectra, probeFrom } from './growing-spectra.ts';

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
    const turns = new Turns();
    const files = {
      exact: (name: string) => this.#exact.read(join(this.#path, exactPath(name))),
      probe: (name: string, probe: number) => this.#lanczos.read(join(this.#path, lanczosPath(name, probe))),
    };
    return growingSpectra(blocks, this.#probeCount, files, () => turns.give());
  }
}
