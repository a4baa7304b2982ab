/** A run that the page has itself, measured here or opened from a folder, as the views of runs take it. */
import type { EntrySummary, SpectrumDetail } from '../../../src/app/server/contract/entries.ts';
import type { LoadedRun } from '../../../src/app/server/details/known-spectra.ts';
import {
  distanceMatrix,
  headlineOf,
  spectrumDetail,
  spectrumNodes,
} from '../../../src/app/server/details/spectrum-detail.ts';
import { runLine } from '../../../src/app/server/entries/run-line.ts';
import type { RunSource } from '../../run/run-source.ts';

/** A run with what tells its states apart. */
export interface ShownRun {
  readonly run: LoadedRun;
  readonly id: string;
  /** Counts up as there is more of it. */
  readonly version: number;
}

/** What the views show of a run. */
export function detailOf({ run, id }: ShownRun): SpectrumDetail {
  const { record } = run;
  const headline = headlineOf(record);
  const js0 = headline && { ...headline.js0, noiseFloor: headline.noiseFloor };
  const summary: EntrySummary = {
    id,
    tags: [],
    hasReport: false,
    ...runLine(record.run, js0),
  };
  return spectrumDetail(summary, run, false);
}

/** Where the views take spectra and distances from. */
export function sourceOf({ run, id, version }: ShownRun): RunSource {
  return {
    id,
    version: String(version),
    spectra: async (names) => spectrumNodes(run, names),
    distances: async (definition) => distanceMatrix(run, definition),
  };
}
