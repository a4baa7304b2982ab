/** A run put together from what the worker tells, message by message. */
import { runName } from '../../../src/app/runs/layout.ts';
import type { RunRecord } from '../../../src/app/runs/records.ts';
import { type RunStart, startedRun } from '../../../src/app/runs/start.ts';
import {
  type GrowingProbe,
  growingProbe,
  growingSpectrum,
} from '../../../src/app/server/details/growing-spectra.ts';
import {
  askedOf,
  type KnownSpectrum,
  type LoadedRun,
  measuredRun,
  summed,
} from '../../../src/app/server/details/known-spectra.ts';
import { exactSpectrum } from '../../../src/spectrum/index.ts';
import type { CoefficientsMessage, Effort, ExactMessage, FromWorker } from '../worker/protocol.ts';

export class GrowingRecord {
  #record: RunRecord;
  readonly #asked: LoadedRun['asked'];
  readonly #probes = new Map<string, GrowingProbe[]>();
  readonly #known = new Map<string, KnownSpectrum>();

  constructor(start: RunStart, now: Date) {
    this.#record = {
      run: startedRun(runName(start.model.name, now), start, now),
      blocks: start.blocks,
      spectra: null,
      distances: null,
    };
    this.#asked = askedOf(this.#record);
  }

  /** Takes in what the worker has told. */
  take(message: FromWorker): void {
    switch (message.type) {
      case 'ready': {
        const { loss, selfCheck, plan } = message;
        this.#change({ loss, selfCheck, plan });
        return;
      }
      case 'coefficients':
        this.#takeCoefficients(message);
        return;
      case 'exact':
        this.#takeExact(message);
        return;
      case 'finished':
        this.#record = { ...this.#record, spectra: message.spectra, distances: message.distances };
        this.#end('finished', message);
        return;
      case 'stopped':
        this.#end('interrupted', message);
        return;
      case 'failed':
        this.#change({ status: 'failed', error: message.message });
    }
  }

  /** The run as it stands. */
  run(): LoadedRun {
    if (this.#record.spectra) return measuredRun(this.#record);
    return { record: this.#record, asked: this.#asked, spectra: new Map(this.#known) };
  }

  #takeCoefficients(message: CoefficientsMessage): void {
    const { block, probe } = message;
    const grown = growingProbe(message);
    if (!grown) return;
    const probes = this.#probes.get(block) ?? [];
    probes[probe] = grown;
    this.#probes.set(block, probes);
    // Probes advance together and are told one after the other, so none before this one is missing.
    const growing = growingSpectrum(block, probes, this.#asked.probes);
    if (growing) this.#known.set(block, summed(growing, this.#asked.precision));
  }

  #takeExact({ block, eigenvalues }: ExactMessage): void {
    const spectrum = exactSpectrum(block, eigenvalues);
    this.#known.set(block, summed({ spectrum, isWhole: true }, this.#asked.precision));
  }

  #end(status: 'finished' | 'interrupted', { products, elapsedMs, runtimeMs }: Effort): void {
    this.#change({ status, products, elapsedMs, runtimeMs });
  }

  #change(change: Partial<RunRecord['run']>): void {
    const updatedAt = new Date().toISOString();
    this.#record = { ...this.#record, run: { ...this.#record.run, ...change, updatedAt } };
  }
}
