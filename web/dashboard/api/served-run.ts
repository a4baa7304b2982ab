/** A run that the server holds. */
import type { RunSource } from '../../run/run-source.ts';
import { fetchDistances, fetchSpectra } from './client.ts';
import { versionOf } from './live.ts';

/** The run of an id in the state that the server last told of. */
export function servedRun(id: string): RunSource {
  return {
    id,
    version: versionOf(id),
    spectra: (names) => fetchSpectra(id, names),
    distances: (definition) => fetchDistances(id, definition),
  };
}
