/** Theorem 2: with m nodes the Gauss rule integrates every polynomial of degree below 2m, and no rule does more. */
import { judgeClaim } from '../claims.ts';
import type { TheoryCheck } from './check.ts';
import {
  type KnownMeasure,
  type QuadraturePicture,
  type QuadratureRule,
  randomMeasure,
  ruleOf,
} from './known-measure.ts';

const DIM = 80;
const NODES = [4, 8, 16];
/** Degrees beyond 2m that are shown. */
const BEYOND = 6;
/** What is missed at degree 2m is a number of order 1, known to the rounding that the degrees below show. */
const CLOSE = 1e-6;

/** The Chebyshev polynomial of a degree: between -1 and 1 there, so that errors of all degrees can be compared. */
function chebyshev(degree: number, x: number): number {
  let [before, value] = [1, x];
  if (degree === 0) return 1;
  for (let k = 2; k <= degree; k++) [before, value] = [value, 2 * x * value - before];
  return value;
}

function integral(degree: number, places: readonly number[], masses: readonly number[]): number {
  return places.reduce((sum, place, i) => sum + (masses[i] as number) * chebyshev(degree, place), 0);
}

/** |integral by the rule - integral by the measure| of the Chebyshev polynomials by degree, from 0 on. */
function errorsOf(
  { eigenvalues, masses }: KnownMeasure,
  { nodes, weights }: QuadratureRule,
  count: number,
): number[] {
  return Array.from({ length: count }, (_, degree) =>
    Math.abs(integral(degree, nodes, weights) - integral(degree, eigenvalues, masses)),
  );
}

/**
 * The integral of the squared monic polynomial whose roots are the nodes, times the leading coefficient 2^(2m-1) of the
 * Chebyshev polynomial: what the rule must miss at degree 2m, since the square vanishes at all of its nodes.
 */
function unavoidable({ eigenvalues, masses }: KnownMeasure, { nodes }: QuadratureRule): number {
  const squares = eigenvalues.map((x, i) => {
    // Two factors of 2 for each root, but one in all: no power of 2 overflows.
    const product = nodes.reduce((value, node) => value * 2 * (x - node), 1);
    return ((masses[i] as number) * product * product) / 2;
  });
  return squares.reduce((sum, value) => sum + value, 0);
}

/**
 * What rounding leaves of the integrals below degree 2m. Nodes and masses are known to a few eps times m, the slope of
 * a Chebyshev polynomial is at most the square of its degree, and the recursion adds eps at each degree.
 */
function roundingOf(nodes: number): number {
  const degree = 2 * nodes - 1;
  return 4 * nodes * (degree * degree + degree) * Number.EPSILON;
}

export const THEOREM_2: TheoryCheck = {
  name: 'theorem-2',
  title: 'Theorem 2: what a rule of m nodes integrates',
  remark:
    'The measure (8) of a random unit vector and a matrix of known eigenvalues. The rule of Lanczos must integrate every polynomial of degree below 2m; at degree 2m it misses the square of the polynomial whose roots are its nodes, and so does any rule of m nodes with its own.',
  async run(_size, seed) {
    const measure = randomMeasure(DIM, seed);
    const found = await Promise.all(
      NODES.map(async (count) => {
        const rule = await ruleOf(measure, count, seed);
        const errors = errorsOf(measure, rule, 2 * count + BEYOND);
        const missed = errors[2 * count] as number;
        return {
          count,
          rule,
          errors,
          worst: Math.max(...errors.slice(0, 2 * count)),
          rounding: roundingOf(count),
          missed,
          unavoidable: unavoidable(measure, rule),
        };
      }),
    );
    const picture: QuadraturePicture = { measure, rules: found };
    const facts = found.map(({ rule: _rule, errors: _errors, ...rest }) => rest);
    return {
      numbers: { dim: DIM, rules: facts },
      picture,
      claims: [
        judgeClaim(
          {
            id: 'theorem-2',
            text: 'The Gauss rule of m nodes integrates every polynomial of degree below 2m (Theorem 2).',
            threshold: `for m = ${NODES.join(', ')} the errors of the Chebyshev polynomials below degree 2m are no more than rounding leaves: 4 m (n^2 + n) eps for the degree n = 2m - 1`,
          },
          found
            .map(
              ({ count, worst, rounding }) =>
                `m = ${count}: ${worst.toExponential(1)}, rounding ${rounding.toExponential(1)}`,
            )
            .join('; '),
          found.every(({ worst, rounding }) => worst <= rounding),
          false,
        ),
        judgeClaim(
          {
            id: 'theorem-2-optimal',
            text: 'No rule of m nodes integrates all polynomials of a higher degree (after Theorem 2).',
            threshold: `at degree 2m the rule misses the integral of the squared polynomial of its nodes, which is positive, to ${CLOSE} of it`,
          },
          found
            .map(
              ({ count, missed, unavoidable: least }) =>
                `m = ${count}: missed ${missed.toPrecision(6)}, unavoidable ${least.toPrecision(6)}`,
            )
            .join('; '),
          found.every(({ missed, unavoidable: least }) => least > 0 && Math.abs(missed / least - 1) <= CLOSE),
          false,
        ),
      ],
    };
  },
};
