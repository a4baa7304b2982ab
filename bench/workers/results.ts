import type { BenchEnvironment } from '../environment.ts';

/** One way to make the measurement: medians over its runs. */
export interface WorkersSide {
  readonly title: string;
  /** Options of the command besides those of the measurement. */
  readonly options: readonly string[];
  /** User and system time of all processes, start-up included. */
  readonly cpuSeconds: number;
  readonly cpuRange: readonly [number, number];
  readonly wallSeconds: number;
  readonly wallRange: readonly [number, number];
  readonly processes: number;
}

export interface WorkersResults {
  readonly environment: BenchEnvironment;
  /** Processes that wanted a core in the minute before. */
  readonly loadBefore: number;
  /** The options of the measurement. */
  readonly measurement: readonly string[];
  readonly repeats: number;
  /** One process first; it is what the others are compared with. */
  readonly sides: readonly WorkersSide[];
}

/** How many times as much processor time shared work may take as one process. */
export const CPU_TARGET = 1.1;

/** A measurement with so many workers. */
export interface ForeseenRow {
  readonly workers: number;
  /** Median of the simulations, with the times that a tenth of them stay below and above. */
  readonly foreseenSeconds: number;
  readonly foreseenRange: readonly [number, number];
  /** What it took, median, least and most. */
  readonly seconds: number;
  readonly range: readonly [number, number];
}

export interface ForeseenResults {
  readonly environment: BenchEnvironment;
  /** Processes that wanted a core in the minute before. */
  readonly loadBefore: number;
  /** The options of the measurement. */
  readonly measurement: readonly string[];
  readonly repeats: number;
  readonly rows: readonly ForeseenRow[];
}
