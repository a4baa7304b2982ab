/** Table 2: how the steps of GD and Adam grow with the condition number. */
import { linearRegression } from 'simple-statistics';
import { quadraticContest } from '../../quadratic/contest.ts';
import { descend } from '../../quadratic/descend.ts';
import { adam } from '../../quadratic/methods/adam.ts';
import { gaussianStart, quadraticProblem } from '../../quadratic/problem.ts';
import { judgeClaim } from '../claims.ts';
import type { TheoryCheck } from './check.ts';

/** Three blocks of the condition 3 each, the second and third of ever larger eigenvalues: kappa_l stays, kappa grows. */
const BASE = [1, 2, 3] as const;
const SPREADS = [30, 100, 300, 1000, 3000];
const GD_TOLERANCE = 0.05;
const ADAM_TOLERANCE = 0.1;
/** What never counts as converged. */
const CONVERGED = 1e-12;
const BETA2 = 0.99;
const LATE_STEPS = 20_000;

function spectraOf(spread: number): number[][] {
  return [1, Math.sqrt(spread), spread].map((scale) => BASE.map((value) => scale * value));
}

export const TABLE_2: TheoryCheck = {
  name: 'table-2',
  title: 'Table 2: steps against the condition number',
  remark:
    'Blocks keep the condition 3 while that of the whole grows; steps are medians over starts, each method at its best rate. Adam with beta2 < 1 gets near the minimum and leaves it again: it is judged by its largest loss over the last tenth of the steps.',
  async run(size, seed) {
    const trials = size === 'quick' ? 5 : 20;
    const spreads = size === 'quick' ? SPREADS.slice(0, 3) : SPREADS;
    const rows: { kappa: number; gd: number; adam: number; lateLoss: number }[] = [];
    for (const spread of spreads) {
      const contest = await quadraticContest(
        { name: 'table-2', title: 'table 2', isHeterogeneous: true, spectra: spectraOf(spread) },
        { seed, trials, steps: 20 * 3 * spread, target: 1e-6, rotation: 'haar' },
      );
      const stepsOf = (name: string) =>
        contest?.methods.find((method) => method.name === name)?.medianSteps ?? Number.NaN;
      rows.push({
        kappa: 3 * spread,
        gd: stepsOf('gd'),
        adam: stepsOf('adam-1'),
        lateLoss: lateLoss(spread, seed),
      });
    }
    const exponent = (of: (row: (typeof rows)[number]) => number) =>
      linearRegression(rows.map((row) => [Math.log(row.kappa), Math.log(of(row))])).m;
    const [gd, one] = [exponent((row) => row.gd), exponent((row) => row.adam)];
    const late = Math.min(...rows.map((row) => row.lateLoss));
    return {
      numbers: { trials, rows, exponents: { gd, adam: one } },
      claims: [
        judgeClaim(
          {
            id: 'table-2-gd',
            text: 'GD takes O(kappa) steps (Table 2).',
            threshold: `the exponent of its steps against kappa is 1 to ${GD_TOLERANCE}`,
          },
          gd.toFixed(3),
          Math.abs(gd - 1) <= GD_TOLERANCE,
          false,
        ),
        judgeClaim(
          {
            id: 'table-2-adam',
            text: 'Adam with beta2 = 1 takes O(r max kappa_l) steps, which do not grow with kappa where blocks stay as they are (Table 2).',
            threshold: `the exponent of its steps against kappa is 0 to ${ADAM_TOLERANCE}`,
          },
          one.toFixed(3),
          Math.abs(one) <= ADAM_TOLERANCE,
          false,
        ),
        judgeClaim(
          {
            id: 'table-2-adam-below-1',
            text: 'Adam with beta2 < 1 does not converge (Table 2).',
            threshold: `its largest loss over the last tenth of ${LATE_STEPS} steps is above ${CONVERGED} of the first, for every kappa`,
          },
          `${late.toExponential(1)} at least`,
          late > CONVERGED,
          false,
        ),
      ],
    };
  },
};

/** The largest relative loss over the last tenth of the steps, at a rate that is small enough to come near the minimum. */
function lateLoss(spread: number, seed: number): number {
  const problem = quadraticProblem(spectraOf(spread), { seed });
  const start = gaussianStart(problem, seed, 0);
  let largest = 0;
  descend(problem, start, adam(BETA2), 0.01, { steps: LATE_STEPS, target: 0 }, ({ step, loss }) => {
    if (step > 0.9 * LATE_STEPS) largest = Math.max(largest, loss);
  });
  return largest;
}
