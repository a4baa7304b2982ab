import { describe, expect, it } from 'vitest';
import { SIMPLIFIED_CASES } from '../../src/quadratic/cases.ts';
import { bestDescent, curveOf, descend } from '../../src/quadratic/descend.ts';
import { adam } from '../../src/quadratic/methods/adam.ts';
import { BLOCKWISE_GRADIENT_DESCENT } from '../../src/quadratic/methods/blockwise-gradient-descent.ts';
import { GRADIENT_DESCENT } from '../../src/quadratic/methods/gradient-descent.ts';
import { gaussianStart, gradientInto, lossFrom, quadraticProblem } from '../../src/quadratic/problem.ts';
import { symmetricEigenvalues } from '../../src/spectrum/index.ts';

const LIMITS = { steps: 20_000, target: 1e-6 };
const [case3, case4] = SIMPLIFIED_CASES.map(({ spectra }) => spectra) as [number[][], number[][]];

/** The whole matrix of a problem. */
function denseOf(problem: ReturnType<typeof quadraticProblem>): Float64Array {
  const { dim } = problem;
  const dense = new Float64Array(dim * dim);
  const [unit, column] = [new Float64Array(dim), new Float64Array(dim)];
  for (let j = 0; j < dim; j++) {
    unit.fill(0)[j] = 1;
    gradientInto(problem, unit, column);
    for (let i = 0; i < dim; i++) dense[i * dim + j] = column[i]!;
  }
  return dense;
}

describe('a quadratic problem', () => {
  it('has the eigenvalues that were asked for, cases 3 and 4 the same ones', () => {
    for (const spectra of [case3, case4]) {
      const found = symmetricEigenvalues(denseOf(quadraticProblem(spectra, { seed: 1 })), 9);
      const wanted = [1, 2, 3, 99, 100, 101, 4998, 4999, 5000];
      // Rounding of the products of 3 x 3 matrices, relative to the largest eigenvalue.
      for (const [i, value] of wanted.entries())
        expect(Math.abs(found[i]! - value)).toBeLessThan(5000 * 1e-14);
    }
  });

  it('has other eigenvalues where its rotation is literally Gaussian', () => {
    const problem = quadraticProblem([[1, 2, 3]], { seed: 1, rotation: 'gaussian' });
    expect(problem.largest / problem.least).toBeGreaterThan(10);
    expect([...problem.blocks[0]!.eigenvalues]).toEqual([...symmetricEigenvalues(denseOf(problem), 3)]);
  });

  it('has the loss w^T H w / 2', () => {
    const problem = quadraticProblem([[2], [10]], { seed: 0 });
    const w = Float64Array.of(3, 1);
    const gradient = new Float64Array(2);
    gradientInto(problem, w, gradient);
    expect([...gradient]).toEqual([6, 10]);
    expect(lossFrom(w, gradient)).toBe((2 * 9 + 10) / 2);
  });

  it('refuses eigenvalues that make it no bowl', () => {
    expect(() => quadraticProblem([[1], [0]], { seed: 0 })).toThrow('block 2: expected positive');
    expect(() => quadraticProblem([[]], { seed: 0 })).toThrow('block 1: expected at least one');
  });
});

describe('gradient descent', () => {
  it('contracts the construction of Proposition 1 by ((kappa - 1) / (kappa + 1))^2 in every step', () => {
    const [largest, least] = [50, 1];
    const problem = quadraticProblem([[largest], [least]], { seed: 0 });
    const start = Float64Array.of(Math.sqrt(least / largest), Math.sqrt(largest / least));
    const kappa = largest / least;
    const factor = ((kappa - 1) / (kappa + 1)) ** 2;
    for (const { step, loss } of curveOf(problem, start, GRADIENT_DESCENT, null, { steps: 40, target: 0 }))
      expect(loss / factor ** step).toBeCloseTo(1, 11);
  });

  it('solves blocks of one eigenvalue in a step each with a rate of their own', () => {
    const problem = quadraticProblem([[1], [100], [5000]], { seed: 0 });
    const start = gaussianStart(problem, 0, 0);
    expect(descend(problem, start, BLOCKWISE_GRADIENT_DESCENT, null, LIMITS).stepsToTarget).toBe(1);
  });
});

describe('Adam', () => {
  it('with beta2 = 1 moves every coordinate by the rate in the first step, and in proportion to its gradient later', () => {
    const problem = quadraticProblem([[4], [9]], { seed: 0 });
    const start = Float64Array.of(1, -2);
    const gradient = Float64Array.of(4, -18);
    const descent = adam(1).begin(problem, gradient, 0.1);
    const w = start.slice();
    descent.step(w, gradient);
    expect([...w]).toEqual([0.9, -1.9]);
    gradientInto(problem, w, gradient);
    descent.step(w, gradient);
    // w - 0.1 H w / |H w0|.
    expect(w[0]).toBeCloseTo(0.9 - (0.1 * 3.6) / 4, 14);
    expect(w[1]).toBeCloseTo(-1.9 + (0.1 * 17.1) / 18, 14);
  });

  it('leaves a coordinate whose gradient has always been 0', () => {
    const problem = quadraticProblem([[4], [9]], { seed: 0 });
    const w = Float64Array.of(0, 1);
    const gradient = Float64Array.of(0, 9);
    adam(0.5).begin(problem, gradient, 0.1).step(w, gradient);
    expect([...w]).toEqual([0, 0.9]);
  });

  it('with beta2 < 1 ends in a cycle of +-eta/2 around the minimum, with the loss of Proposition 2', () => {
    // L = w^2 / 2: the cycle has the loss eta^2 / 8.
    const problem = quadraticProblem([[1]], { seed: 0 });
    const [rate, start] = [0.01, 1.2345];
    const { lastLoss } = descend(problem, Float64Array.of(start), adam(0.9), rate, {
      steps: 5000,
      target: 0,
    });
    expect((lastLoss * start ** 2) / 2).toBeCloseTo(rate ** 2 / 8, 12);
  });
});

describe('the search for a rate', () => {
  it('finds the rate with the fewest steps, as trying all to the end does', () => {
    const problem = quadraticProblem(case3, { seed: 3 });
    const start = gaussianStart(problem, 3, 0);
    const method = adam(1);
    const best = bestDescent(problem, start, method, LIMITS);
    const all = method.rates!.map(
      (rate) => descend(problem, start, method, rate, LIMITS).stepsToTarget ?? Infinity,
    );
    expect(best.stepsToTarget).toBe(Math.min(...all));
  });

  it('finds the least last loss where no rate reaches the target', () => {
    const problem = quadraticProblem([[1]], { seed: 0 });
    const method = { ...adam(0.9), rates: [0.5, 0.01, 0.1] };
    const found = bestDescent(problem, Float64Array.of(1.2345), method, { steps: 3000, target: 0 });
    expect(found).toMatchObject({ rate: 0.01, stepsToTarget: null, hasDiverged: false });
  });

  it('tells divergence', () => {
    const problem = quadraticProblem([[1], [100]], { seed: 0 });
    const start = Float64Array.of(1, 1);
    const tooFast = {
      ...GRADIENT_DESCENT,
      begin: () => ({ step: (w: Float64Array) => void w.fill(w[0]! * 10) }),
    };
    expect(descend(problem, start, tooFast, null, LIMITS)).toMatchObject({
      hasDiverged: true,
      stepsToTarget: null,
    });
  });
});
