import type { Claim } from '../claims.ts';
import type { QuadraturePicture } from './known-measure.ts';

/** How much is tried: `quick` in tests, `full` otherwise. */
export type CheckSize = 'quick' | 'full';

/** A statement of the paper, tried with numbers. */
export interface TheoryCheck {
  /** As the command names it. */
  readonly name: string;
  readonly title: string;
  /** What is tried where the printed statement cannot hold, and other remarks. */
  readonly remark: string;
  /** Tries it. The same seed gives the same numbers. */
  run(size: CheckSize, seed: number): CheckResult | Promise<CheckResult>;
}

export interface CheckResult {
  readonly claims: readonly Claim[];
  /** What was measured; JSON. */
  readonly numbers: Readonly<Record<string, unknown>>;
  /** What is drawn of it, where there is something to draw. */
  readonly picture?: QuadraturePicture;
}
