import type { QuadraticProblem } from '../problem.ts';

/** An optimizer of quadratic problems from one start. */
export interface Descent {
  /** One step in place, with the gradient at `w`. */
  step(w: Float64Array, gradient: Float64Array): void;
}

/** A way to choose steps. */
export interface QuadraticMethod {
  /** As tables and commands name it. */
  readonly name: string;
  /** As people read it. */
  readonly title: string;
  /** Learning rates that are tried from each start; null where the rate follows from the problem. */
  readonly rates: readonly number[] | null;
  /**
   * Begins a descent.
   *
   * @param gradient at the start.
   * @param rate one of `rates`; left out where there are none.
   */
  begin(problem: QuadraticProblem, gradient: Float64Array, rate: number): Descent;
}
