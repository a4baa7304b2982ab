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

/** Where the work of a run is kept, so that nothing computed is lost. */
export interface ProbeStore {
  load(identity: ProbeIdentity, steps: number): Promise<StoredProbe>;
  /** Keeps alphas and betas. */
  saveCoefficients(identity: ProbeIdentity, state: LanczosState): Promise<void>;
  /** Keeps the vectors that the next step needs. */
  saveVectors(identity: ProbeIdentity, state: LanczosState): Promise<void>;
}
