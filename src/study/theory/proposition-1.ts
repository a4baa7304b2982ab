/** Proposition 1: no learning rate takes GD down faster than its condition number allows. */
import { judgeClaim } from '../claims.ts';
import type { TheoryCheck } from './check.ts';

const LARGEST = 5000;
const LEAST = 1;
const KAPPA = LARGEST / LEAST;
/** The factor of every step at the rate 2 / (L + mu). */
const SQUARE = (1 - 2 / (KAPPA + 1)) ** 2;
const PRINTED = 1 - 2 / (KAPPA + 1);
/** Rounding of a few multiplications, relative. */
const ROUNDING = 1e-12;

/**
 * The factor by which one step of GD changes the loss on the construction of the proof: H = diag(L, mu), the start
 * (sqrt(mu / L), sqrt(L / mu)), of whose loss mu (1 - eta L)^2t and L (1 - eta mu)^2t are left after t steps.
 */
function factorAt(rate: number, step: number): number {
  const [fast, slow] = [(1 - rate * LARGEST) ** 2, (1 - rate * LEAST) ** 2];
  // In units of the slower part, so that nothing overflows.
  const largest = Math.max(fast, slow);
  const loss = (t: number) => LEAST * (fast / largest) ** t + LARGEST * (slow / largest) ** t;
  return (largest * loss(step + 1)) / loss(step);
}

export const PROPOSITION_1: TheoryCheck = {
  name: 'proposition-1',
  title: 'Proposition 1: a lower bound for GD',
  remark:
    'As printed, (4) has 1 - 2/(kappa + 1) without the square; at the rate 2/(L + mu) every quadratic contracts by the square, so that (4) cannot hold. With the square it does. The order of the complexity is the same.',
  run(size) {
    const best = 2 / (LARGEST + LEAST);
    const perDecade = size === 'quick' ? 20 : 400;
    // From a hundredth of the best rate to a hundred times it, and the best one itself.
    const rates = Array.from({ length: 4 * perDecade + 1 }, (_, i) => best * 10 ** (i / perDecade - 2));
    const steps = [0, 1, 2, 5, 10, 100, 1000, 10_000];
    const factors = rates.flatMap((rate) => steps.map((step) => factorAt(rate, step)));
    const least = Math.min(...factors);
    const atBest = steps.map((step) => factorAt(best, step));
    const numbers = { kappa: KAPPA, square: SQUARE, printed: PRINTED, least, atBest };
    return {
      numbers,
      claims: [
        judgeClaim(
          {
            id: 'proposition-1',
            text: 'On the construction of the proof no rate contracts the loss by less than (1 - 2/(kappa + 1))^2 in any step, and 2/(L + mu) does by just that (Proposition 1, corrected).',
            threshold: `over ${rates.length} rates and ${steps.length} steps the least factor is the square to ${ROUNDING}, and so is that of 2/(L + mu) in every step`,
          },
          `least ${least.toFixed(10)}, square ${SQUARE.toFixed(10)}`,
          least >= SQUARE * (1 - ROUNDING) &&
            atBest.every((factor) => Math.abs(factor / SQUARE - 1) <= ROUNDING),
          least >= SQUARE * (1 - ROUNDING),
        ),
        judgeClaim(
          {
            id: 'proposition-1-printed',
            text: 'No rate contracts the loss by less than 1 - 2/(kappa + 1) in any step (Proposition 1, (4) as printed).',
            threshold: 'the least factor is not below that',
          },
          `least ${least.toFixed(10)}, printed bound ${PRINTED.toFixed(10)}`,
          least >= PRINTED,
          false,
        ),
      ],
    };
  },
};
