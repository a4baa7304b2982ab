import type { BenchEnvironment } from '../environment.ts';

/** Times of one loop over float32 vectors, medians in nanoseconds for each element. */
export interface VectorRow {
  readonly kernel: string;
  readonly javascriptNs: number;
  readonly kernelNs: number;
}

export interface VectorResults {
  readonly environment: BenchEnvironment;
  readonly length: number;
  readonly repeats: number;
  readonly rows: readonly VectorRow[];
}
