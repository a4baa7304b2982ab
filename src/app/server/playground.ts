/** GD and Adam on a quadratic problem that somebody moves about in the page. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { QUADRATIC_METHODS } from '../../quadratic/contest.ts';
import { bestDescent, curveOf } from '../../quadratic/descend.ts';
import { gaussianStart, quadraticProblem } from '../../quadratic/problem.ts';
import type { QuadraticAnswer } from './contract/playground.ts';

/** Steps of a descent, times the entries of its blocks: all descents together then take a fraction of a second. */
const MOST_PRODUCTS = 300_000;
const [FEWEST_STEPS, MOST_STEPS] = [2000, 12_000];
/** The relative loss that counts as solved. */
const TARGET = 1e-6;

/**
 * One descent by each method of Figure 8, and by GD with a rate for each block, from one start.
 *
 * @param blocks the eigenvalues of each.
 * @param seed of rotations and start.
 */
export async function descendOnce(
  blocks: readonly (readonly number[])[],
  seed: number,
): Promise<QuadraticAnswer> {
  const problem = quadraticProblem(blocks, { seed });
  const start = gaussianStart(problem, seed, 0);
  const entries = blocks.reduce((sum, { length }) => sum + length ** 2, 0);
  const steps = Math.min(MOST_STEPS, Math.max(FEWEST_STEPS, Math.round(MOST_PRODUCTS / entries)));
  const methods: QuadraticAnswer['methods'] = [];
  for (const method of QUADRATIC_METHODS) {
    const { name, title } = method;
    const best = bestDescent(problem, start, method, { steps, target: TARGET });
    const { rate, stepsToTarget, hasDiverged } = best;
    // A curve goes on beyond the target, so that what happens there is seen.
    const curve = curveOf(problem, start, method, rate, { steps, target: 0 });
    methods.push({
      name,
      title,
      rate,
      stepsToTarget,
      hasDiverged,
      curve: curve.filter(({ loss }) => Number.isFinite(loss)),
    });
    await nextTurn();
  }
  return { dim: problem.dim, conditionNumber: problem.largest / problem.least, methods };
}
