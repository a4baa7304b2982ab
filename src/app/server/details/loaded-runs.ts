/** The records of the runs that were looked at last: reading the spectra of a large run takes half a second. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Precision, spectrumMoments, spectrumNormaliser } from '../../../spectrum/index.ts';
import { spectrumRequestSchema } from '../../../study/spectrum/request.ts';
import type { SummarisedSpectrum } from '../../../study/spectrum/summarise.ts';
import { readRun } from '../../runs/directory.ts';
import { BLOCKS_FILE, DISTANCES_FILE, RUN_FILE, SPECTRA_FILE, WHOLE_HESSIAN } from '../../runs/layout.ts';
import type { RunRecord } from '../../runs/records.ts';
import type { FoundFolder } from '../entries/discover.ts';
import { fileStamp } from '../entries/file-stamps.ts';
import { CoefficientReader, type GrowingSpectrum } from './coefficients.ts';

/** A spectrum as far as it is known. */
export interface KnownSpectrum {
  readonly spectrum: SummarisedSpectrum;
  /** Whether nothing more will come. */
  readonly isWhole: boolean;
}

/** What of a request is needed to show a run; the rest may be of a version that asks for other things. */
const { probes, steps, precision } = spectrumRequestSchema.shape;
const askedSchema = z.object({ probes, steps, precision });

/** A run of spectra with what is known of them, be it done or not. */
export interface LoadedRun {
  readonly record: RunRecord;
  readonly asked: z.output<typeof askedSchema>;
  /** By name, the whole matrix among them. */
  readonly spectra: ReadonlyMap<string, KnownSpectrum>;
}

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
    const asked = askedSchema.parse(record.run.request);
    if (record.spectra) {
      kept.coefficients = null;
      return { record, asked, spectra: measuredSpectra(record) };
    }
    kept.coefficients ??= new CoefficientReader(path, asked.probes);
    const growing = await kept.coefficients.read(record.blocks);
    return { record, asked, spectra: summarised(growing, asked.precision) };
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

function measuredSpectra({ spectra }: RunRecord): Map<string, KnownSpectrum> {
  const whole = (spectrum: SummarisedSpectrum): KnownSpectrum => ({ spectrum, isWhole: true });
  const found = new Map((spectra?.blocks ?? []).map((spectrum) => [spectrum.name, whole(spectrum)]));
  if (spectra?.full) found.set(WHOLE_HESSIAN, whole(spectra.full));
  return found;
}

function summarised(
  growing: ReadonlyMap<string, GrowingSpectrum>,
  precision: Precision,
): Map<string, KnownSpectrum> {
  return new Map(
    [...growing].map(([name, { spectrum, isWhole }]) => {
      const normaliser = spectrumNormaliser(spectrum, precision);
      return [
        name,
        { isWhole, spectrum: { ...spectrum, ...spectrumMoments(spectrum, precision), normaliser } },
      ];
    }),
  );
}
