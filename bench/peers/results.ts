/** The records of a comparison, as they stand in its JSON file. */
import type { BenchEnvironment } from '../environment.ts';
import type { Spread } from './alternate.ts';
import type { ProductShape } from './cases.ts';
import type { Agreement } from './sides.ts';

/** One of the other side's methods in a contest. */
export interface PeerRecord extends Partial<Agreement> {
  readonly method: string;
  readonly title: string;
  /** What is to be said where its values differ. */
  readonly remark: string | null;
  /** What rounding may leave between its values and ours; `AGREEMENT_TOLERANCE` where it is not there. */
  readonly tolerance?: number;
  /** What it does once before it can run; null when it never could. */
  readonly setupMs: number | null;
  readonly time: Spread | null;
  /** Medians of the parts that have a name: the blocks of a step. */
  readonly partsMs: Readonly<Record<string, number>>;
  /** How many of the blocks it covers, where those are not all. */
  readonly coveredBlocks: number | null;
  /** Ours divided by theirs, of medians; over the blocks that it covers. */
  readonly ratio: number | null;
  /** Why it could not be timed, or not to the end. */
  readonly failure: string | null;
}

export interface ContestRecord {
  readonly name: string;
  readonly title: string;
  readonly ours: {
    readonly title: string;
    readonly setupMs: number;
    readonly time: Spread;
    readonly partsMs: Readonly<Record<string, number>>;
    /** Operations of the matrix products that are mathematically needed; null where they are not counted. */
    readonly productFlops: number | null;
  };
  readonly peers: readonly PeerRecord[];
}

/** The rate of one matrix product on both sides. */
export interface RateRecord {
  readonly shape: ProductShape;
  /** Billions of floating-point operations a second, the best of all repeats. */
  readonly onnxRuntimeGflops: number;
  readonly pytorchGflops: number;
}

/** One whole run of the other side's against ours. */
export interface QuadratureRecord {
  readonly method: string;
  readonly title: string;
  /** `blocks`: every block and the whole Hessian; `full`: the whole Hessian alone. */
  readonly covers: 'blocks' | 'full';
  readonly steps: number;
  /** Whole processes, from start to end. */
  readonly ours: Spread;
  readonly theirs: Spread | null;
  /** The same without the start of the process, imports, and opening model and data. */
  readonly oursWork: Spread;
  readonly theirsWork: Spread | null;
  /** Ours divided by theirs, of medians of whole processes. */
  readonly ratio: number | null;
  /** The largest relative difference of an operator's largest Ritz value. */
  readonly difference: number | null;
  readonly differenceOf: string | null;
  readonly failure: string | null;
}

export interface CaseRecord {
  readonly name: string;
  readonly title: string;
  readonly model: string;
  readonly data: string;
  readonly parameterCount: number;
  /** The blocks of a step. */
  readonly blocks: readonly string[];
  /** As PyTorch finds it; that ours is the same is checked. */
  readonly loss: number;
  readonly rates: readonly RateRecord[];
  readonly contests: readonly ContestRecord[];
  readonly quadratures: readonly QuadratureRecord[];
  readonly peakBytes: { readonly ours: number; readonly theirs: number };
  readonly elapsedMs: number;
}

/** A wish of the project's, and what was found. */
export interface TargetRecord {
  readonly title: string;
  readonly bound: 'at most' | 'at least';
  readonly limit: number;
  /** Null when the run did not measure it. */
  readonly value: number | null;
  readonly met: boolean | null;
}

/** A peer that was to take part. */
export interface PackageRecord {
  readonly name: string;
  readonly version: string | null;
  /** Why it is missing. */
  readonly failure: string | null;
}

/** A case that could not be measured. */
export interface CaseFailure {
  readonly name: string;
  readonly reason: string;
}

export interface PeersResults {
  readonly environment: BenchEnvironment;
  /** The revision of hesscope's sources, where git knows it. */
  readonly commit: string | null;
  readonly memoryBytes: number;
  readonly python: string;
  readonly packages: readonly PackageRecord[];
  readonly threads: number;
  readonly precision: string;
  readonly cases: readonly CaseRecord[];
  readonly failures: readonly CaseFailure[];
  readonly targets: readonly TargetRecord[];
  readonly elapsedMs: number;
}

/** What rounding in float32 may leave between two ways to the same values. */
export const AGREEMENT_TOLERANCE = 1e-4;

/** Whether a peer's values are ours; true where none were compared. */
export function agrees({ difference = 0, worst = 0, tolerance = AGREEMENT_TOLERANCE }: PeerRecord): boolean {
  return Math.max(difference, worst) <= tolerance;
}

/** The best rate of a case's matrix products on either side, in operations a millisecond. */
export function bestFlopsPerMs({ rates }: CaseRecord): number {
  return 1e6 * Math.max(...rates.flatMap((rate) => [rate.onnxRuntimeGflops, rate.pytorchGflops]));
}

/** What share of the machine's best rate a contest's needed products reach in a time; null where they are not counted. */
export function shareOfLimit(record: CaseRecord, { ours }: ContestRecord, elapsedMs: number): number | null {
  return ours.productFlops === null ? null : ours.productFlops / elapsedMs / bestFlopsPerMs(record);
}
