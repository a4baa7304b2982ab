/** Where the spectra and distances of a measurement come from: a server's answers, or numbers that the page has itself. */
import type { DistanceMatrix, SpectrumNodes } from '../../src/app/server/contract/entries.ts';

/** One measurement, as far as it has come. */
export interface RunSource {
  /** Names the measurement. */
  readonly id: string;
  /** Changes when there is more; what was loaded under another version is loaded anew. */
  readonly version: string;
  /** Nodes and weights of blocks by name. */
  spectra(names: readonly string[]): Promise<SpectrumNodes[]>;
  /** All distances by one definition. */
  distances(definition: string): Promise<DistanceMatrix>;
}
