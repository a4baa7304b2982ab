/** Theorem 1: with beta2 = 1 Adam contracts the loss in every step, at a pace that the blocks' own conditions set. */
import { adam } from '../../quadratic/methods/adam.ts';
import { blockScales, scaleSpread } from '../../quadratic/preconditioned.ts';
import {
  gaussianStart,
  gradientInto,
  lossFrom,
  type QuadraticProblem,
  quadraticProblem,
} from '../../quadratic/problem.ts';
import { RandomStream } from '../../random/stream.ts';
import { judgeClaim } from '../claims.ts';
import type { TheoryCheck } from './check.ts';

const MOST_BLOCKS = 5;
const MOST_DIM = 6;
/** Eigenvalues lie between 1 and this, evenly in their logarithm. */
const LARGEST = 1000;
const STEPS = 50;
/** Rounding of a loss, relative to the one before; where the bound is 0, a step leaves only that. */
const ROUNDING = 1e-11;

/** Blocks of any number, size and spectrum. */
function randomProblem(seed: number, index: number): QuadraticProblem {
  const numbers = new RandomStream(seed, 'theorem-1', index).uniform(1 + MOST_BLOCKS * (1 + MOST_DIM));
  const at = (place: number) => numbers[place] as number;
  const blockCount = 1 + Math.floor(MOST_BLOCKS * at(0));
  const spectra = Array.from({ length: blockCount }, (_, block) => {
    const first = 1 + block * (1 + MOST_DIM);
    const dim = 1 + Math.floor(MOST_DIM * at(first));
    return Array.from({ length: dim }, (_, i) => LARGEST ** at(first + 1 + i));
  });
  return quadraticProblem(spectra, { seed: seed + index });
}

/** Whether the loss stays within bound (5) in every step at a rate. */
function keepsBound(problem: QuadraticProblem, start: Float64Array, rate: number, factor: number): boolean {
  const w = start.slice();
  const gradient = new Float64Array(problem.dim);
  gradientInto(problem, w, gradient);
  const descent = adam(1).begin(problem, gradient.slice(), rate);
  let loss = lossFrom(w, gradient);
  const floor = loss * 1e-20;
  for (let step = 0; step < STEPS && loss > floor; step++) {
    descent.step(w, gradient);
    gradientInto(problem, w, gradient);
    const next = lossFrom(w, gradient);
    if (!(next <= (factor + ROUNDING) * loss)) return false;
    loss = next;
  }
  return true;
}

export const THEOREM_1: TheoryCheck = {
  name: 'theorem-1',
  title: 'Theorem 1: an upper bound for Adam with beta2 = 1',
  remark:
    'As printed, the rate is min 1/C_l1, which has the wrong units; the proof uses min C_l1, and with that the bound holds.',
  run(size, seed) {
    const count = size === 'quick' ? 60 : 500;
    let [broken, printedBroken] = [0, 0];
    for (let index = 0; index < count; index++) {
      const problem = randomProblem(seed, index);
      const start = gaussianStart(problem, seed, index);
      const scales = blockScales(problem, start);
      const worst = scaleSpread(scales) * Math.max(...scales.map(({ conditionNumber }) => conditionNumber));
      const factor = 1 - 1 / worst;
      const least = Math.min(...scales.map((scale) => scale.least));
      const printed = Math.min(...scales.map((scale) => 1 / scale.least));
      if (!keepsBound(problem, start, least, factor)) broken++;
      if (!keepsBound(problem, start, printed, factor)) printedBroken++;
    }
    return {
      numbers: { problems: count, steps: STEPS, broken, printedBroken },
      claims: [
        judgeClaim(
          {
            id: 'theorem-1',
            text: 'Adam with beta2 = 1 and the rate min C_l1 contracts the loss by at least max_l (1 - 1/(r kappa_l)) in every step (Theorem 1, the rate as in its proof).',
            threshold: `no violation in ${STEPS} steps of ${count} random problems`,
          },
          `${broken} of ${count} problems violate it`,
          broken === 0,
          false,
        ),
        judgeClaim(
          {
            id: 'theorem-1-printed',
            text: 'The same with the rate min 1/C_l1 (Theorem 1 as printed).',
            threshold: 'the same',
          },
          `${printedBroken} of ${count} problems violate it`,
          printedBroken === 0,
          false,
        ),
      ],
    };
  },
};
