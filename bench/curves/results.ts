import type { BenchEnvironment } from '../environment.ts';
import type { Point } from './points.ts';

export interface CurvePoint {
  readonly value: number;
  readonly point: Point;
  /** Median over all steps of all rounds. */
  readonly stepMs: number;
  readonly residualBytes: number;
  readonly peakBytes: number;
  readonly parameterCount: number;
}

export interface Curve {
  readonly name: string;
  readonly title: string;
  readonly points: readonly CurvePoint[];
}

export interface CurvesResults {
  readonly environment: BenchEnvironment;
  readonly curves: readonly Curve[];
}
