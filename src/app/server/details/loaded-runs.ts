/** The records of the runs that were looked at last: reading the spectra of a large run takes half a second. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readRun } from '../../runs/directory.ts';
import { BLOCKS_FILE, DISTANCES_FILE, RUN_FILE, SPECTRA_FILE } from '../../runs/layout.ts';
import type { RunRecord } from '../../runs/records.ts';
import type { FoundFolder } from '../entries/discover.ts';
import { fileStamp } from '../entries/file-stamps.ts';
import { CoefficientReader } from './coefficients.ts';
import { askedOf, growingRun, type LoadedRun, measuredRun } from './known-spectra.ts';

/** One that has many blocks takes some tens of megabytes. */
const KEPT = 6;

interface KeptRun {
  readonly stamp: string;
  readonly record: Promise<RunRecord>;
  coefficients: CoefficientReader | null;
}

export class LoadedRuns {
  /** The one that was asked for last stands last. */
  readonly #kept = new Map<string, KeptRun>();

  /** @throws UserError when a record of the run is damaged. */
  async load({ path }: FoundFolder): Promise<LoadedRun> {
    const kept = this.#keep(path);
    const record = await kept.record;
    if (record.spectra) {
      kept.coefficients = null;
      return measuredRun(record);
    }
    kept.coefficients ??= new CoefficientReader(path, askedOf(record).probes);
    return growingRun(record, await kept.coefficients.read(record.blocks));
  }

  #keep(path: string): KeptRun {
    const stamp = stampOf(path);
    const before = this.#kept.get(path);
    this.#kept.delete(path);
    const isSame = before?.stamp === stamp;
    const kept = isSame
      ? before
      : { stamp, record: readRun(path), coefficients: before?.coefficients ?? null };
    this.#kept.set(path, kept);
    // What could not be read is tried again.
    kept.record.catch(() => this.#kept.get(path) === kept && this.#kept.delete(path));
    for (const oldest of this.#kept.keys()) if (this.#kept.size > KEPT) this.#kept.delete(oldest);
    return kept;
  }
}

function stampOf(path: string): string {
  return [RUN_FILE, BLOCKS_FILE, SPECTRA_FILE, DISTANCES_FILE]
    .map((file) => statSync(join(path, file), { throwIfNoEntry: false }))
    .map((stats) => (stats ? fileStamp(stats) : 'none'))
    .join(' ');
}
