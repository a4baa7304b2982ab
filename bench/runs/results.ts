import type { BenchEnvironment } from '../environment.ts';

/** A whole run, what the planner foresaw of it and where its time went. */
export interface RunTimes {
  readonly title: string;
  /** The command that does the same. */
  readonly command: string;
  readonly products: number;
  readonly plannedMs: number;
  readonly elapsedMs: number;
  /** Of it, inside the runtime. */
  readonly runtimeMs: number;
  /** The whole command, from the start of the process to its end. */
  readonly wholeMs: number;
  readonly plannedBytes: number;
  /** Peak resident memory of the computing process. */
  readonly peakBytes: number;
  /** Runs may have been measured on several machines. */
  readonly environment: BenchEnvironment;
}

export interface RunsResults {
  readonly runs: readonly RunTimes[];
}
