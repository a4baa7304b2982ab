import type { LanczosState, Precision, ProbeKind, Vector } from '../../spectrum/index.ts';

/** What must be the same for stored coefficients to belong to a probe. */
export interface ProbeIdentity {
  readonly block: string;
  readonly probe: number;
  readonly dim: number;
  readonly seed: number;
  readonly probeKind: ProbeKind;
  readonly precision: Precision;
  readonly reorthogonalize: boolean;
}

/** What must be the same for stored eigenvalues to belong to a block. */
export type ExactIdentity = Pick<ProbeIdentity, 'block' | 'dim' | 'precision'>;

/** Where a stored probe stands. */
export interface StoredProbe {
  readonly alphas: readonly number[];
  readonly betas: readonly number[];
  readonly finished: LanczosState['finished'];
  /** The vectors to go on from; null when finished or when the probe starts again. */
  readonly state: {
    readonly previous: Vector | null;
    readonly current: Vector;
    readonly basis: readonly Vector[] | null;
  } | null;
  /** Why something stored was not used; null when all was. */
  readonly reason: string | null;
}

/** How often growing work is kept while an operator is under way; a stop keeps everything at once. */
export interface SaveIntervals {
  /** Alphas and betas, which are small. */
  readonly coefficientsMs: number;
  /** The last vectors, which may be gigabytes; what was done since is done again after a kill. */
  readonly vectorsMs: number;
}

export const DEFAULT_SAVE_INTERVALS: SaveIntervals = { coefficientsMs: 1_000, vectorsMs: 60_000 };

/** Where the work of a run is kept, so that nothing computed is lost. */
export interface ProbeStore {
  readonly saveEvery: SaveIntervals;
  load(identity: ProbeIdentity, steps: number): Promise<StoredProbe>;
  /** Keeps alphas and betas. */
  saveCoefficients(identity: ProbeIdentity, state: LanczosState): Promise<void>;
  /** Keeps the vectors that the next step needs. */
  saveVectors(identity: ProbeIdentity, state: LanczosState): Promise<void>;
  /** Gives up the vectors of a probe that has no more steps to take. */
  forgetVectors(identity: ProbeIdentity): Promise<void>;
  /** All eigenvalues of a block, if they were kept. */
  loadExact(identity: ExactIdentity): Promise<readonly number[] | null>;
  saveExact(identity: ExactIdentity, eigenvalues: readonly number[]): Promise<void>;
}
