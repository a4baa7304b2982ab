/** The records of a run directory, as they stand in its files. */

import type { WeightsRecord } from '../../network/models/weights/index.ts';
import type { Estimate } from '../../spectrum/estimate.ts';
import type { BlockDistances, HeterogeneityReport } from '../../spectrum/heterogeneity.ts';
import type { Precision } from '../../spectrum/operator.ts';
import type { SummarisedSpectrum } from '../../study/spectrum/summarise.ts';

export type { Estimate };

/** The version of the layout; a reader refuses a newer one. */
export const RUN_FORMAT_VERSION = 1;

export type RunStatus = 'running' | 'interrupted' | 'finished' | 'failed';

/** `blocks.json`: one parameter block of the model, in the model's order. */
export interface BlockRecord {
  /** The parameter's name, for example `transformer.h.0.attn.query.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly size: number;
  /** embedding, query, key, value, attention-projection, mlp-fc, mlp-projection, output, conv, bias, norm, linear */
  readonly kind: string;
  /** 1-based layer, or null for what belongs to none (an embedding). */
  readonly layer: number | null;
  /** Whether this run measures it. */
  readonly selected: boolean;
}

/** `blocks.json` */
export interface BlocksFile {
  readonly version: number;
  readonly blocks: readonly BlockRecord[];
}

/** A unit of work of a shared run. */
export interface UnitRecord {
  /** sha256 of all that determines its result but for the machine. */
  readonly key: string;
  /** In words. */
  readonly unit: string;
  /** Who performed it; units of different machines may differ in their last bits. */
  readonly machine: {
    readonly host: string;
    readonly processor: string;
    readonly threads: number;
    /** The runtime with its version, and the device. */
    readonly engine: string;
    readonly node: string;
    readonly platform: string;
  };
  /** From the order to the outcome, preparation included. */
  readonly elapsedMs: number;
  /** Of that, inside the runtime. */
  readonly runtimeMs: number;
}

/** `units.json` */
export interface UnitsFile {
  readonly version: number;
  readonly units: readonly UnitRecord[];
}

/** `lanczos/<block>/<probe>.json`: the coefficients of one probe as far as they have come. */
export interface LanczosFile {
  readonly version: number;
  /** A block's name, or `full` for the whole Hessian. */
  readonly block: string;
  /** 0-based. */
  readonly probe: number;
  readonly dim: number;
  /** The seed of the run's random streams, from which block and probe draw their start vector. */
  readonly seed: number;
  /** The distribution of the start vector, for example `gaussian`. */
  readonly probeKind: string;
  readonly precision: Precision;
  /** The number of steps asked for. */
  readonly steps: number;
  /** Whether all vectors were kept and later ones made orthogonal to them. */
  readonly reorthogonalize: boolean;
  /** One entry a step taken. */
  readonly alphas: readonly number[];
  /** As many as `alphas`, none negative; the last one couples to the step that comes next. */
  readonly betas: readonly number[];
  /**
   * Why there is no further step: as many as asked for, as many as dimensions, a vanishing beta, or a density that
   * had settled to the request's tolerance. Null while there is one.
   */
  readonly finished: 'steps' | 'dimension' | 'breakdown' | 'settled' | null;
}

/** `exact/<block>.json`: all eigenvalues of a block whose dense Hessian was formed. */
export interface ExactFile {
  readonly version: number;
  readonly block: string;
  readonly dim: number;
  readonly precision: Precision;
  /** Ascending. */
  readonly eigenvalues: readonly number[];
}

/** One line of `hashes.jsonl`; the last line of a path counts. */
export interface HashRecord {
  /** Relative to the run directory, with `/` between its parts. */
  readonly path: string;
  /** Null, as is `sha256`, while the file may still change. */
  readonly bytes: number | null;
  /** Hexadecimal. */
  readonly sha256: string | null;
}

/** `spectra.json`: what was found for one operator. */
export type SpectrumRecord = SummarisedSpectrum;

/** `spectra.json` */
export interface SpectraFile {
  readonly version: number;
  /** The whole Hessian, or null when it was not asked for. */
  readonly full: SpectrumRecord | null;
  readonly blocks: readonly SpectrumRecord[];
  /** How densities are made from the nodes when looked at. */
  readonly density: { readonly sigmaRule: string; readonly gridPoints: number };
}

/** One definition of distance between spectra, over all pairs of measured blocks. */
export type DistanceRecord = BlockDistances;

/** `distances.json` */
export interface DistancesFile extends HeterogeneityReport {
  readonly version: number;
}

/** `run.json`: what was asked, with what, and how far it has come. */
export interface RunFile {
  readonly version: number;
  readonly name: string;
  /** What was done; a measurement of spectra where it is left out. */
  readonly kind?: 'spectrum' | 'training' | undefined;
  readonly status: RunStatus;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** The request, complete with defaults: enough to repeat the run. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly model: {
    readonly name: string;
    readonly parameterCount: number;
    readonly blockCount: number;
    /** The model's options as they were used, defaults included; earlier runs lack them. */
    readonly options?: Readonly<Record<string, string | number | boolean>> | undefined;
    /** What a reader of the spectra must know about the model, one sentence each. */
    readonly notes?: readonly string[] | undefined;
    /** Trained weights and the hashes of their files; left out at initialisation. */
    readonly weights?: WeightsRecord | undefined;
  };
  readonly data: {
    readonly description: string;
    readonly examplesPerBatch: number;
    readonly microBatches: number;
    /** Of the names, shapes and values of all micro-batches in their order; earlier runs and trainings lack it. */
    readonly sha256?: string | undefined;
  };
  readonly environment: Readonly<Record<string, string | number>>;
  readonly loss: number | null;
  readonly selfCheck: { readonly symmetryError: number; readonly repeatable: boolean } | null;
  /** What the planner foresaw, and what was measured. */
  readonly plan: {
    readonly estimatedMs: number;
    readonly estimatedBytes: number;
    readonly text: readonly string[];
  } | null;
  /** How a training's initial parameters do on the examples held back; earlier runs lack it. */
  readonly initial?:
    | { readonly validationLoss: number; readonly validationAccuracy: number | null }
    | undefined;
  readonly elapsedMs: number;
  /** Of it, time inside runs of graphs; earlier runs lack it. */
  readonly runtimeMs?: number | undefined;
  readonly products: number;
  /** Why a failed run failed. */
  readonly error: string | null;
}

/** A whole run as its readers (report, dashboard) take it. */
export interface RunRecord {
  readonly run: RunFile;
  readonly blocks: readonly BlockRecord[];
  readonly spectra: SpectraFile | null;
  readonly distances: DistancesFile | null;
}
