/** Whoever performs units, as those who need them done see it: processes of this machine, or a queue with workers anywhere. */
import type { UnitOrder, UnitReport } from './order.ts';

/** An order with what it is predicted to take. */
export interface PlannedOrder {
  readonly order: UnitOrder;
  readonly estimatedMs: number;
}

/** Why a unit was set aside. */
export interface UnitFailure {
  readonly key: string;
  /** What the last try ended with. */
  readonly message: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** Whether it is for the user to mend, such as a full disk. */
  readonly isUserError: boolean;
}

/** Who is told how units go on. Calls follow one another; the next waits for the last. */
export interface UnitWatch {
  /** A unit is done, by whoever it was; once for each. */
  onDone(report: UnitReport): Promise<void>;
  /** Hessian products of a unit under way so far. */
  onProducts(key: string, products: number): void;
  /** A unit has failed as often as it may; the others go on. */
  onFailed(failure: UnitFailure): void;
  onNotice(text: string): void;
  /** How many workers there are, as far as is known. */
  onWorkers(count: number): void;
  /** Resolves to true when the work is to stop. */
  shouldStop(): Promise<boolean>;
}

export interface UnitRunner {
  /**
   * Performs orders, the first ones first as far as workers are free, until each is done or set aside, or it is told to
   * stop.
   */
  run(orders: readonly PlannedOrder[], watch: UnitWatch): Promise<void>;
}

/** How often a unit is tried before it is set aside. */
export const UNIT_ATTEMPTS = 3;
