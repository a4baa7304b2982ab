import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../src/random/stream.ts';
import { type KernelName, PIECE, runKernel, type Vector } from '../../src/vector/kernels.ts';

/** One element by the same rule in JavaScript: what the changed vectors become, before they are rounded. */
type Rule = (elements: readonly number[], scalars: readonly number[]) => number[];

const [KEPT1, KEPT2, RATE, PER_SECOND, INSIDE, OUTSIDE] = [0.9, 0.99, 0.01, 1.7, 1e-9, 1e-8];

/** v after a step, and what a quotient with the divisor 0 counts as. */
const second = (v: number, g: number, beta: number) => beta * v + (1 - beta) * g * g;
const quotient = (a: number, b: number) => (b === 0 ? 0 : a / b);

const RULES: Readonly<Partial<Record<KernelName, { vectors: number; scalars: number[]; rule: Rule }>>> = {
  scale: { vectors: 1, scalars: [0.3], rule: ([a], [f]) => [f! * a!] },
  axpy: { vectors: 2, scalars: [0.3], rule: ([y, x], [f]) => [y! + f! * x!] },
  recurrence: {
    vectors: 3,
    scalars: [0.3, 0.7],
    rule: ([w, v, u], [alpha, beta]) => [w! - alpha! * v! - beta! * u!],
  },
  subtractFour: {
    vectors: 5,
    scalars: [0.1, 0.2, -0.3, 0.4],
    rule: ([w, a, b, c, d], [p, q, r, s]) => [w! - (p! * a! + q! * b! + (r! * c! + s! * d!))],
  },
  momentum: {
    vectors: 3,
    scalars: [0.9, 0.1, RATE],
    rule: ([w, m, g], [kept, taken, rate]) => {
      const next = kept! * m! + taken! * g!;
      return [w! - rate! * next, next];
    },
  },
  adam: {
    vectors: 4,
    scalars: [KEPT1, KEPT2, RATE, PER_SECOND, INSIDE, OUTSIDE],
    rule: ([w, m, v, g]) => {
      const first = KEPT1 * m! + (1 - KEPT1) * g!;
      const next = second(v!, g!, KEPT2);
      const divisor = Math.sqrt(next * PER_SECOND + INSIDE) + OUTSIDE;
      return [w! - quotient(RATE * first, divisor), first, next];
    },
  },
  rmsprop: {
    vectors: 3,
    scalars: [KEPT2, RATE, OUTSIDE],
    rule: ([w, v, g]) => {
      const next = second(v!, g!, KEPT2);
      return [w! - RATE * quotient(g!, Math.sqrt(next) + OUTSIDE), next];
    },
  },
  rmspropMomentum: {
    vectors: 4,
    scalars: [KEPT2, RATE, OUTSIDE, KEPT1],
    rule: ([w, v, u, g]) => {
      const next = second(v!, g!, KEPT2);
      const direction = quotient(g!, Math.sqrt(next) + OUTSIDE) + KEPT1 * u!;
      return [w! - RATE * direction, next, direction];
    },
  },
};

/** Vectors of numbers above zero, since second moments are among them. */
function draw(count: number, length: number, precisions: readonly string[]): Vector[] {
  return Array.from({ length: count }, (_, index) => {
    const values = new RandomStream(3, 'kernels', index).uniform(length);
    return precisions[index % precisions.length] === 'float32'
      ? Float32Array.from(values)
      : Float64Array.from(values);
  });
}

const LENGTHS = [0, 1, 7, 8, 9, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 13];

describe.each([[['float32']], [['float64']], [['float32', 'float64']]])('kernels over %j', (precisions) => {
  test.each(Object.keys(RULES) as KernelName[])('%s is the loop in JavaScript, to the bit', (name) => {
    const { vectors, scalars, rule } = RULES[name] as NonNullable<(typeof RULES)[KernelName]>;
    for (const length of LENGTHS) {
      const found = draw(vectors, length, precisions);
      const expected = found.map((vector) => vector.slice());
      for (let i = 0; i < length; i++) {
        const changed = rule(
          expected.map((vector) => vector[i] as number),
          scalars,
        );
        for (const [index, value] of changed.entries()) (expected[index] as Vector)[i] = value;
      }
      runKernel(name, found, scalars);
      expect(found, `length ${length}`).toEqual(expected);
    }
  });

  test('sums are those in JavaScript within rounding, and fourDots is four of dot', () => {
    for (const length of LENGTHS) {
      const [w, ...others] = draw(5, length, precisions) as [Vector, ...Vector[]];
      const sums = runKernel('fourDots', [w, ...others]);
      for (const [index, other] of others.entries()) {
        const exact = Array.from(w).reduce((sum, value, i) => sum + value * (other[i] as number), 0);
        // Positive terms: every addition rounds once, on both sides.
        const bound = 2 * length * 2 ** -53 * exact;
        expect(Math.abs((sums[index] as number) - exact)).toBeLessThanOrEqual(bound);
        expect(Math.abs((runKernel('dot', [w, other])[0] as number) - exact)).toBeLessThanOrEqual(bound);
      }
    }
  });
});

test('an element whose divisor is zero stays, and NaN is not hidden', () => {
  const [w, m, v] = [Float64Array.of(1, 1), new Float64Array(2), new Float64Array(2)];
  runKernel('adam', [w, m, v, Float64Array.of(0, Number.NaN)], [0.9, 0.99, 0.1, 1, 0, 0]);
  expect([...w]).toEqual([1, Number.NaN]);
});

test('a vector that comes twice is read once and as it is', () => {
  const a = Float32Array.of(3, 4);
  expect(runKernel('dot', [a, a])).toEqual([25]);
  expect(runKernel('recurrence', [Float32Array.of(1, 2), a, a], [1, 1])).toEqual([25 + 36]);
});
