import type { BenchEnvironment } from '../environment.ts';

/** Times between frames while something is done in the page, in milliseconds. */
export interface FrameRow {
  readonly name: string;
  readonly frames: number;
  readonly medianMs: number;
  readonly percentile95Ms: number;
}

/** From the start of a navigation until a view is drawn, in milliseconds: the median of several. */
export interface ViewRow {
  readonly name: string;
  readonly medianMs: number;
}

export interface DashboardResults {
  readonly environment: BenchEnvironment;
  /** Processes that wanted a core in the minute before. */
  readonly loadBefore: number;
  readonly browser: string;
  readonly runs: number;
  readonly blocks: number;
  readonly points: number;
  readonly repeats: number;
  readonly views: readonly ViewRow[];
  readonly frames: readonly FrameRow[];
}
