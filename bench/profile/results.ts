import type { BenchEnvironment } from '../environment.ts';

/** The time of all nodes of one kind in a run. */
export interface ProfileRow {
  /** The runtime's operation, after its own fusions. */
  readonly operation: string;
  /** Shapes of its arguments and its result. */
  readonly shapes: string;
  readonly nodes: number;
  readonly elapsedMs: number;
}

export interface ProfileResults {
  readonly environment: BenchEnvironment;
  readonly title: string;
  /** The sum over all nodes of one run. */
  readonly totalMs: number;
  readonly runs: number;
  /** The dearest first. */
  readonly rows: readonly ProfileRow[];
}
