/** From a start to the minimum by one method, and the search for its rate. */
import type { QuadraticMethod } from './methods/method.ts';
import { gradientInto, lossFrom, type QuadraticProblem } from './problem.ts';

/** When a descent ends, and what of it is kept. */
export interface DescentLimits {
  /** Steps at most. */
  readonly steps: number;
  /** The relative loss that counts as solved. */
  readonly target: number;
}

/** What became of a descent. Losses are relative: of the one at the start. */
export interface DescentResult {
  /** Of the method; null where it has none. */
  readonly rate: number | null;
  /** Until the loss is first at most the target; null when it never was. */
  readonly stepsToTarget: number | null;
  /** The least loss that was seen, and the last one. */
  readonly leastLoss: number;
  readonly lastLoss: number;
  /** Whether the loss grew beyond all bounds. */
  readonly hasDiverged: boolean;
}

/** A loss on the way. */
export interface DescentPoint {
  readonly step: number;
  readonly loss: number;
}

/** A relative loss beyond this does not come back, or not in time. */
const DIVERGED = 1e6;
/** Points of a curve for each tenfold of steps: enough for a smooth line on any axis. */
const POINTS_PER_DECADE = 60;

/**
 * Descends until the target, the last step or divergence.
 *
 * @param onPoint told of every loss, that of the start included; a descent that is watched goes on beyond the target.
 */
export function descend(
  problem: QuadraticProblem,
  start: Float64Array,
  method: QuadraticMethod,
  rate: number | null,
  { steps, target }: DescentLimits,
  onPoint?: (point: DescentPoint) => void,
): DescentResult {
  const w = start.slice();
  const gradient = new Float64Array(problem.dim);
  gradientInto(problem, w, gradient);
  const first = lossFrom(w, gradient);
  const descent = method.begin(problem, gradient.slice(), rate ?? Number.NaN);
  onPoint?.({ step: 0, loss: 1 });
  let [stepsToTarget, leastLoss, lastLoss, hasDiverged]: [number | null, number, number, boolean] = [
    null,
    1,
    1,
    false,
  ];
  for (let step = 1; step <= steps; step++) {
    descent.step(w, gradient);
    gradientInto(problem, w, gradient);
    lastLoss = lossFrom(w, gradient) / first;
    leastLoss = Math.min(leastLoss, lastLoss);
    onPoint?.({ step, loss: lastLoss });
    if (lastLoss <= target) {
      stepsToTarget ??= step;
      if (!onPoint) break;
    }
    if (!(lastLoss < DIVERGED)) {
      hasDiverged = true;
      break;
    }
  }
  return { rate, stepsToTarget, leastLoss, lastLoss, hasDiverged };
}

/**
 * The best descent over the method's rates from one start: that with the fewest steps to the target, else with the least
 * last loss.
 */
export function bestDescent(
  problem: QuadraticProblem,
  start: Float64Array,
  method: QuadraticMethod,
  limits: DescentLimits,
): DescentResult {
  let best: DescentResult | null = null;
  for (const rate of method.rates ?? [null]) {
    // No rate that needs more steps than the best one so far can be better.
    const steps = best?.stepsToTarget ?? limits.steps;
    const result = descend(problem, start, method, rate, { ...limits, steps });
    if (best === null || isBetter(result, best)) best = result;
  }
  return best as DescentResult;
}

function isBetter(result: DescentResult, other: DescentResult): boolean {
  if (result.stepsToTarget !== null)
    return other.stepsToTarget === null || result.stepsToTarget < other.stepsToTarget;
  return (
    other.stepsToTarget === null &&
    !result.hasDiverged &&
    (other.hasDiverged || result.lastLoss < other.lastLoss)
  );
}

/** The loss along the best descent, thinned to points that are even on a logarithmic axis of steps. */
export function curveOf(
  problem: QuadraticProblem,
  start: Float64Array,
  method: QuadraticMethod,
  rate: number | null,
  limits: DescentLimits,
): DescentPoint[] {
  const points: DescentPoint[] = [];
  let next = 0;
  descend(problem, start, method, rate, limits, (point) => {
    if (point.step < next) return;
    points.push(point);
    next = Math.max(point.step + 1, point.step * 10 ** (1 / POINTS_PER_DECADE));
  });
  return points;
}
