import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runLanczos, startLanczos } from '../../src/spectrum/lanczos.ts';
import {
  exactSpectrum,
  gaussQuadrature,
  lanczosSpectrum,
  probeSpectrum,
} from '../../src/spectrum/quadrature.ts';
import { diagonalOperator } from './prescribed.ts';

describe('gaussQuadrature', () => {
  it('is the Gauss-Legendre rule for the Jacobi matrix of the Legendre polynomials (Theorem 3)', () => {
    const m = 12;
    // Monic Legendre polynomials: beta_k^2 = k^2 / (4 k^2 - 1), for the measure dx / 2 on [-1, 1].
    const betas = Array.from({ length: m }, (_, i) => (i + 1) / Math.sqrt(4 * (i + 1) ** 2 - 1));
    const { nodes, weights } = gaussQuadrature(new Array<number>(m).fill(0), betas);
    const moment = (k: number): number => nodes.reduce((sum, x, i) => sum + weights[i]! * x ** k, 0);
    for (let k = 0; k < 2 * m; k++) {
      // Theorem 2: exact below degree 2m. 2m roundings of numbers of size at most 1, and the error of the nodes times k.
      expect(Math.abs(moment(k) - (k % 2 === 0 ? 1 / (k + 1) : 0))).toBeLessThan(
        8 * m * (k + 1) * Number.EPSILON,
      );
    }
    // Not exact at 2m: the error is the squared length of the monic polynomial, the product of all beta^2.
    const error = betas.reduce((product, beta) => product * beta * beta, 1);
    expect(Math.abs(1 / (2 * m + 1) - moment(2 * m) - error)).toBeLessThan(error / 1000);
  });

  it('has ascending nodes, weights that sum to 1, and bounds within the coupling that was cut off', () => {
    const coefficient = fc.double({ min: -10, max: 10, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(coefficient, coefficient), { minLength: 1, maxLength: 40 }), (steps) => {
        const alphas = steps.map(([alpha]) => alpha);
        const betas = steps.map(([, beta]) => Math.abs(beta));
        const { nodes, weights, residualBounds } = gaussQuadrature(alphas, betas);
        expect(nodes).toEqual([...nodes].sort((a, b) => a - b));
        const sum = weights.reduce((total, weight) => total + weight, 0);
        // Each of a few sweeps for each node turns the row by at most n rotations of relative error eps.
        expect(Math.abs(sum - 1)).toBeLessThan(8 * alphas.length ** 2 * Number.EPSILON);
        expect(weights.every((weight) => weight >= 0)).toBe(true);
        expect(residualBounds.every((bound) => bound <= betas.at(-1)! * (1 + 1e-12))).toBe(true);
      }),
    );
  });

  it('refuses lengths that do not fit', () => {
    expect(() => gaussQuadrature([], [])).toThrow('at least one');
    expect(() => gaussQuadrature([1, 2], [1])).toThrow('found 1 and 2');
  });
});

describe('Lanczos quadrature', () => {
  const eigenvalues = [-2, -0.5, 0.1, 0.2, 1, 1.5, 3, 4, 7, 9];
  const probe = Float64Array.from(eigenvalues, (_, i) => Math.sqrt(2 * (i + 1)) / Math.sqrt(110));
  const masses = eigenvalues.map((_, i) => (2 * (i + 1)) / 110);

  it('returns the Jacobi matrix of the discrete measure (Theorem 4)', async () => {
    const m = 4;
    const state = startLanczos(probe.slice(), { steps: m, reorthogonalize: true });
    await runLanczos(diagonalOperator(eigenvalues), [state]);
    // The Stieltjes procedure on values of the monic polynomials at the ten points.
    let before = eigenvalues.map(() => 0);
    let current = eigenvalues.map(() => 1);
    let lengthBefore = 1;
    for (let k = 0; k < m; k++) {
      const length = current.reduce((sum, p, i) => sum + masses[i]! * p * p, 0);
      const alpha = current.reduce((sum, p, i) => sum + masses[i]! * eigenvalues[i]! * p * p, 0) / length;
      // Four steps on ten points with |lambda| <= 9: a hundred roundings, amplified by at most 9^2.
      expect(Math.abs(state.alphas[k]! - alpha)).toBeLessThan(1e-12);
      const coupling = k === 0 ? 0 : length / lengthBefore;
      if (k > 0) expect(Math.abs(state.betas[k - 1]! - Math.sqrt(coupling))).toBeLessThan(1e-12);
      const next = current.map((p, i) => (eigenvalues[i]! - alpha) * p - coupling * before[i]!);
      before = current;
      current = next;
      lengthBefore = length;
    }
  });

  it('is exact for v f(A) v with polynomials below degree 2m and not at 2m (Theorem 2)', async () => {
    const m = 4;
    const state = startLanczos(probe.slice(), { steps: m, reorthogonalize: true });
    await runLanczos(diagonalOperator(eigenvalues), [state]);
    const { nodes, weights } = probeSpectrum(state);
    for (let degree = 0; degree <= 2 * m; degree++) {
      const exact = eigenvalues.reduce((sum, x, i) => sum + masses[i]! * x ** degree, 0);
      const rule = nodes.reduce((sum, x, i) => sum + weights[i]! * x ** degree, 0);
      const relative = Math.abs(rule - exact) / 9 ** degree;
      if (degree < 2 * m) expect(relative).toBeLessThan(200 * Number.EPSILON);
      else {
        // The error at 2m is the product of the betas squared (the monic polynomial's squared length).
        const error = state.betas.reduce((product, beta) => product * beta ** 2, 1);
        expect(Math.abs(exact - rule - error)).toBeLessThan(200 * Number.EPSILON * 9 ** degree);
        expect(error).toBeGreaterThan(1);
      }
    }
  });

  it('bounds the distance of every node to an eigenvalue', async () => {
    const state = startLanczos(probe.slice(), { steps: 5 });
    await runLanczos(diagonalOperator(eigenvalues), [state]);
    const { nodes, residualBounds } = lanczosSpectrum('block', 10, [state]).probes[0]!;
    nodes.forEach((node, i) => {
      const distance = Math.min(...eigenvalues.map((value) => Math.abs(value - node)));
      expect(distance).toBeLessThanOrEqual(residualBounds[i]! + 1e-13);
    });
    expect(Math.max(...residualBounds)).toBeGreaterThan(0.01);
  });
});

describe('exactSpectrum', () => {
  it('is one probe of equal weights, ascending', () => {
    const spectrum = exactSpectrum('b', [3, -1, 3, 0]);
    expect(spectrum).toMatchObject({ name: 'b', dim: 4, method: 'exact', isZero: false });
    expect(spectrum.probes[0]).toEqual({
      alphas: [],
      betas: [],
      nodes: [-1, 0, 3, 3],
      weights: [0.25, 0.25, 0.25, 0.25],
      residualBounds: [0, 0, 0, 0],
    });
    expect(() => exactSpectrum('b', [])).toThrow('none');
  });
});
