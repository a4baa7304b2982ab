/** What is known of a run's spectra, be it done or not, wherever its records were read. */
import { z } from 'zod';
import { type Precision, spectrumMoments, spectrumNormaliser } from '../../../spectrum/index.ts';
import { spectrumRequestSchema } from '../../../study/spectrum/request.ts';
import type { SummarisedSpectrum } from '../../../study/spectrum/summarise.ts';
import { WHOLE_HESSIAN } from '../../runs/layout.ts';
import type { RunRecord } from '../../runs/records.ts';
import type { GrowingSpectrum } from './growing-spectra.ts';

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

/** What a run's request asks of each block. */
export function askedOf({ run }: RunRecord): LoadedRun['asked'] {
  return askedSchema.parse(run.request);
}

/** A run whose spectra are recorded. */
export function measuredRun(record: RunRecord): LoadedRun {
  const whole = (spectrum: SummarisedSpectrum): KnownSpectrum => ({ spectrum, isWhole: true });
  const spectra = new Map((record.spectra?.blocks ?? []).map((found) => [found.name, whole(found)]));
  if (record.spectra?.full) spectra.set(WHOLE_HESSIAN, whole(record.spectra.full));
  return { record, asked: askedOf(record), spectra };
}

/** A run that has not come to its end, with what its probes have given so far. */
export function growingRun(record: RunRecord, growing: ReadonlyMap<string, GrowingSpectrum>): LoadedRun {
  const asked = askedOf(record);
  const spectra = new Map([...growing].map(([name, found]) => [name, summed(found, asked.precision)]));
  return { record, asked, spectra };
}

/** A spectrum that goes on, summed up as one that is done is. */
export function summed({ spectrum, isWhole }: GrowingSpectrum, ofPrecision: Precision): KnownSpectrum {
  const normaliser = spectrumNormaliser(spectrum, ofPrecision);
  return { isWhole, spectrum: { ...spectrum, ...spectrumMoments(spectrum, ofPrecision), normaliser } };
}
