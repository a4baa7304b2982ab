/** What the page and its worker say to each other. Everything passes a structured clone. */
import type { DistancesFile, SpectraFile } from '../../../src/app/runs/records.ts';
import type { RunStart } from '../../../src/app/runs/start.ts';
import type { LossName } from '../../../src/network/models/losses.ts';
import type { Progress } from '../../../src/study/spectrum/measure.ts';
import type { SpectrumRequestInput } from '../../../src/study/spectrum/request.ts';

/** A file of the reader's, read whole. */
export interface HeldFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A network of the reader's, with arrays where there are some. */
export interface OwnNetwork {
  readonly model: HeldFile;
  /** Arrays for the inputs, in their order or as archives with names; none: they are drawn. */
  readonly inputs: readonly HeldFile[];
  /** An array with what the loss compares with; null: it is drawn, or the loss has none. */
  readonly targets: HeldFile | null;
  /** Files with values of tensors that the model's own file leaves out. */
  readonly external: readonly HeldFile[];
  /** Null: by what the output looks like. */
  readonly loss: LossName | null;
}

/** A text of the reader's, pasted or from a file. */
export interface OwnText {
  readonly name: string;
  readonly text: string;
}

/** One measurement. */
export interface MeasureMessage {
  readonly type: 'measure';
  readonly request: SpectrumRequestInput;
  /** Where the data and the runtime lie, as an address. */
  readonly assets: string;
  /** In place of the embedded text. */
  readonly text: OwnText | null;
  /** In place of a preset. */
  readonly network: OwnNetwork | null;
}

/** What the page tells the worker; the work is stopped by its next step. */
export type ToWorker = MeasureMessage | { readonly type: 'stop' };

/** Alphas and betas of one probe as far as they have come. */
export interface CoefficientsMessage {
  readonly type: 'coefficients';
  /** A block's name, or `full`. */
  readonly block: string;
  /** 0-based. */
  readonly probe: number;
  readonly dim: number;
  readonly alphas: readonly number[];
  readonly betas: readonly number[];
  readonly finished: 'steps' | 'dimension' | 'breakdown' | 'settled' | null;
}

/** All eigenvalues of a small block. */
export interface ExactMessage {
  readonly type: 'exact';
  readonly block: string;
  readonly eigenvalues: readonly number[];
}

/** What is known before the first product. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly loss: number;
  readonly selfCheck: { readonly symmetryError: number; readonly repeatable: boolean };
  readonly plan: {
    readonly estimatedMs: number;
    readonly estimatedBytes: number;
    readonly text: readonly string[];
  };
}

/** What a measurement took. */
export interface Effort {
  readonly products: number;
  readonly elapsedMs: number;
  readonly runtimeMs: number;
}

/** What the worker tells the page, in this order: opened, ready, the work, one end. */
export type FromWorker =
  | { readonly type: 'opened'; readonly start: RunStart }
  | ReadyMessage
  | CoefficientsMessage
  | ExactMessage
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'notice'; readonly text: string }
  | ({
      readonly type: 'finished';
      readonly spectra: SpectraFile;
      readonly distances: DistancesFile | null;
    } & Effort)
  | ({ readonly type: 'stopped' } & Effort)
  | { readonly type: 'failed'; readonly message: string; readonly isMistake: boolean };
