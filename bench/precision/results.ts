import type { BenchEnvironment } from '../environment.ts';

/** What float32 changes in one operator's spectrum; distances are Wasserstein-1 divided by the range in float64. */
export interface PrecisionRow {
  readonly name: string;
  readonly dim: number;
  readonly method: 'exact' | 'lanczos';
  /** Three-term Lanczos, float32 against float64. */
  readonly float32: number;
  /** The same with full reorthogonalisation in both. */
  readonly reorthogonalised: number;
  /** Three-term against reorthogonalised, both float64: what ghosts alone do. */
  readonly ghosts: number;
  /** Relative difference of the largest eigenvalue. */
  readonly largest: number;
}

export interface PrecisionResults {
  readonly environment: BenchEnvironment;
  readonly models: readonly { readonly model: string; readonly rows: readonly PrecisionRow[] }[];
}
