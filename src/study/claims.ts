/** What the paper says of its figures, held against what was measured. */

/** How far a measurement bears a claim out. */
export type Verdict = 'agrees' | 'partly' | 'does not';

/** A claim of the paper and what was found. */
export interface Claim {
  /** Unique within a study, for programs. */
  readonly id: string;
  /** What the paper says. */
  readonly text: string;
  /** When a measurement counts as agreeing, and when as partly so; the choice is hesscope's unless it says otherwise. */
  readonly threshold: string;
  /** The numbers that were found. */
  readonly found: string;
  readonly verdict: Verdict;
}
