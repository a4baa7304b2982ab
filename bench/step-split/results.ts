import type { BenchEnvironment } from '../environment.ts';

/** The times of one step, medians in milliseconds. */
export interface SplitRow {
  readonly title: string;
  readonly optimizer: 'sgd' | 'adamw';
  readonly parameterCount: number;
  /** Loss and gradient, which leave the runtime as one tensor for each parameter. */
  readonly gradientMs: number;
  /** That, and the loop over typed arrays. */
  readonly loopMs: number;
  /** The whole step as one graph, which new parameters and new state leave. */
  readonly graphMs: number;
}

export interface StepSplitResults {
  readonly environment: BenchEnvironment;
  readonly repeats: number;
  readonly rows: readonly SplitRow[];
}
