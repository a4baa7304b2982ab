/** GD against Adam on one quadratic problem, from several starts. */
import { median } from 'simple-statistics';
import type { QuadraticCase } from './cases.ts';
import {
  bestDescent,
  curveOf,
  type DescentLimits,
  type DescentPoint,
  type DescentResult,
} from './descend.ts';
import { adam } from './methods/adam.ts';
import { BLOCKWISE_GRADIENT_DESCENT } from './methods/blockwise-gradient-descent.ts';
import { GRADIENT_DESCENT } from './methods/gradient-descent.ts';
import type { QuadraticMethod } from './methods/method.ts';
import { gaussianStart, quadraticProblem } from './problem.ts';
import type { Rotation } from './rotation.ts';

/** Those of Figure 8, and GD with a rate for each block. */
export const QUADRATIC_METHODS: readonly QuadraticMethod[] = [
  GRADIENT_DESCENT,
  adam(1),
  adam(0.99),
  BLOCKWISE_GRADIENT_DESCENT,
];

/** How a contest is held. */
export interface QuadraticChoices {
  readonly seed: number;
  /** Starts; each trial draws a rotation of its own, too. */
  readonly trials: number;
  /** Steps of a descent at most. */
  readonly steps: number;
  /** The relative loss that counts as solved. */
  readonly target: number;
  readonly rotation: Rotation;
}

/** How a method did. */
export interface MethodResult {
  readonly name: string;
  readonly title: string;
  /** One for each trial, at its best rate. */
  readonly descents: readonly DescentResult[];
  /** Over trials; null when at least half of them never reached the target. */
  readonly medianSteps: number | null;
  /** Median over trials of its steps over those of GD; null when at least half of them are not defined. */
  readonly medianRatio: number | null;
  /** The loss in the first trial. */
  readonly curve: readonly DescentPoint[];
}

export interface QuadraticContest {
  readonly name: string;
  readonly title: string;
  readonly isHeterogeneous: boolean | null;
  readonly dim: number;
  /** Of the first trial's H. */
  readonly conditionNumber: number;
  readonly spectra: readonly (readonly number[])[];
  readonly methods: readonly MethodResult[];
}

/**
 * Descends by every method from every start.
 *
 * @param onTrial told of each trial that is done; the contest ends with null when it answers false.
 */
export async function quadraticContest(
  { name, title, isHeterogeneous, spectra }: QuadraticCase,
  choices: QuadraticChoices,
  onTrial: (done: number) => Promise<boolean> = async () => true,
): Promise<QuadraticContest | null> {
  const { trials, rotation } = choices;
  const descents = QUADRATIC_METHODS.map((): DescentResult[] => []);
  const curves: DescentPoint[][] = [];
  const problemOf = (trial: number) => quadraticProblem(spectra, { seed: choices.seed + trial, rotation });
  for (let trial = 0; trial < trials; trial++) {
    const problem = problemOf(trial);
    const start = gaussianStart(problem, choices.seed, trial);
    for (const [index, method] of QUADRATIC_METHODS.entries()) {
      const best = bestDescent(problem, start, method, choices);
      (descents[index] as DescentResult[]).push(best);
      if (trial === 0) curves.push(curveOf(problem, start, method, best.rate, curveLimits(choices)));
    }
    if (!(await onTrial(trial + 1))) return null;
  }
  const { dim, least, largest } = problemOf(0);
  const gd = descents[0] as DescentResult[];
  return {
    name,
    title,
    isHeterogeneous,
    dim,
    conditionNumber: largest / least,
    spectra,
    methods: QUADRATIC_METHODS.map((method, index) => {
      const own = descents[index] as DescentResult[];
      return {
        name: method.name,
        title: method.title,
        descents: own,
        medianSteps: finiteMedian(own.map(({ stepsToTarget }) => stepsToTarget)),
        medianRatio: finiteMedian(own.map((descent, trial) => ratioOf(descent, gd[trial]))),
        curve: curves[index] as DescentPoint[],
      };
    }),
  };
}

/** A curve goes on beyond the target, so that what happens there is seen. */
function curveLimits({ steps }: DescentLimits): DescentLimits {
  return { steps, target: 0 };
}

function ratioOf({ stepsToTarget }: DescentResult, other: DescentResult | undefined): number | null {
  if (stepsToTarget === null || !other || other.stepsToTarget === null) return null;
  return stepsToTarget / other.stepsToTarget;
}

/** What is not defined counts as larger than all else. */
function finiteMedian(values: readonly (number | null)[]): number | null {
  const found = median(values.map((value) => value ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(found) ? found : null;
}
