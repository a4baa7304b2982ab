/** Proposition 2: with beta2 < 1 Adam at a constant rate does not converge. */
import { adam } from '../../quadratic/methods/adam.ts';
import { quadraticProblem } from '../../quadratic/problem.ts';
import { RandomStream } from '../../random/stream.ts';
import { judgeClaim } from '../claims.ts';
import type { TheoryCheck } from './check.ts';

/** L = w^2 / 2. */
const PROBLEM = quadraticProblem([[1]], { seed: 0 });
const RATE = 0.01;
const BETAS = [0.1, 0.5, 0.9, 0.99, 0.999];
/** Steps per unit of the memory 1 / (1 - beta2): the approach, and the decay of what the approach left in v. */
const MEMORIES = 400;
const LEAST_STEPS = 20_000;
/** Relative; the approach to the cycle is geometric. */
const CLOSE = 1e-6;

type End = 'cycle' | 'underflow' | 'other';

/** Where a descent ends: in the cycle of +-eta/2, stuck because squares have underflowed to 0, or elsewhere. */
export function endOf(
  start: number,
  beta2: number,
  rate = RATE,
): { readonly end: End; readonly loss: number } {
  const steps = Math.max(LEAST_STEPS, Math.ceil(MEMORIES / (1 - beta2)));
  const w = Float64Array.of(start);
  const descent = adam(beta2).begin(PROBLEM, w.slice(), rate);
  let largest = 0;
  for (let step = 0; step < steps; step++) {
    descent.step(w, w.slice());
    if (step >= steps - 2) largest = Math.max(largest, Math.abs(w[0] as number));
  }
  const size = Math.abs(w[0] as number);
  const isCycle = Math.abs(size / (rate / 2) - 1) < CLOSE && Math.abs(largest / (rate / 2) - 1) < CLOSE;
  // w^2 below the least float64: v can no longer grow, and 0/0 stops all movement. That is no convergence.
  const end: End = isCycle ? 'cycle' : size * size === 0 ? 'underflow' : 'other';
  return { end, loss: (w[0] as number) ** 2 / 2 };
}

export const PROPOSITION_2: TheoryCheck = {
  name: 'proposition-2',
  title: 'Proposition 2: Adam with beta2 < 1 does not converge',
  remark:
    'From generic starts Adam ends in the cycle of +-eta/2, whose loss is eta^2/8. Special starts, such as w = eta, reach 0 in one step; and close to beta2 = 1 the squares underflow in float64 and all movement stops, which is recognised and not taken for convergence.',
  run(size, seed) {
    const starts = new RandomStream(seed, 'proposition-2').gaussian(size === 'quick' ? 4 : 20);
    const betas = size === 'quick' ? BETAS.slice(0, -1) : BETAS;
    const rows = betas.map((beta2) => {
      const ends = [...starts].map((start) => endOf(start, beta2));
      const count = (wanted: End) => ends.filter(({ end }) => end === wanted).length;
      return { beta2, cycle: count('cycle'), underflow: count('underflow'), other: count('other') };
    });
    const special = endOf(RATE, 0.9);
    const proven = rows.filter(({ beta2 }) => beta2 <= 0.99);
    const told = rows.map(
      ({ beta2, cycle, underflow, other }) =>
        `${beta2}: ${cycle} cycles${underflow > 0 ? `, ${underflow} underflows` : ''}${other > 0 ? `, ${other} elsewhere` : ''}`,
    );
    return {
      numbers: { rate: RATE, cycleLoss: RATE ** 2 / 8, starts: starts.length, rows, specialStart: special },
      claims: [
        judgeClaim(
          {
            id: 'proposition-2',
            text: 'Adam with beta2 < 1 and a constant rate ends in a cycle, and its loss stays above 0 (Proposition 2, from generic starts).',
            threshold: `from all of ${starts.length} Gaussian starts the cycle of +-eta/2 with the loss eta^2/8, for beta2 up to 0.99; from most: partly`,
          },
          told.join('; '),
          proven.every(({ cycle }) => cycle === starts.length),
          proven.every(({ cycle }) => cycle > starts.length / 2),
        ),
        judgeClaim(
          {
            id: 'proposition-2-printed',
            text: 'The same from every start (Proposition 2 as printed).',
            threshold: 'from the start w = eta the loss stays above 0',
          },
          `a loss of ${special.loss} from w = eta`,
          special.loss > 0,
          false,
        ),
      ],
    };
  },
};
