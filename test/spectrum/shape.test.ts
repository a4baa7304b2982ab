import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BULK_TAIL,
  divideSpectrum,
  exactSpectrum,
  lanczosSpectrum,
  type OperatorSpectrum,
  spectrumNormaliser,
  spectrumShape,
  ZERO_SHARE,
} from '../../src/spectrum/index.ts';

const shapeOf = (spectrum: OperatorSpectrum) =>
  spectrumShape(spectrum, spectrumNormaliser(spectrum, 'float64'), 'float64');
const repeat = (count: number, value: number) => new Array<number>(count).fill(value);

/** The semicircle on [-1, 1] as `steps` Lanczos steps see it: the Jacobi matrix of Chebyshev's second polynomials. */
const semicircle = (steps: number) =>
  lanczosSpectrum('semicircle', 1e6, [{ alphas: repeat(steps, 0), betas: repeat(steps, 0.5) }]);

/** Share of the semicircle's mass below x. */
const semicircleBelow = (x: number) => 0.5 + (x * Math.sqrt(1 - x * x) + Math.asin(x)) / Math.PI;

function semicircleQuantile(share: number): number {
  let [low, high] = [-1, 1];
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (semicircleBelow(middle) < share) low = middle;
    else high = middle;
  }
  return low;
}

describe('the shape of a spectrum', () => {
  it('is symmetric for two points at equal distances from zero', () => {
    const shape = shapeOf(exactSpectrum('two points', [...repeat(10, -3), ...repeat(10, 3)]));
    const means = Object.fromEntries(Object.entries(shape).map(([name, { mean }]) => [name, mean]));
    const expected = {
      largestNormalised: 1,
      leastNormalised: -1,
      negativeMass: 0.5,
      positiveMass: 0.5,
      massAsymmetry: 0,
      energyAsymmetry: 0,
      outliers: 0,
      dispersion: 2,
    };
    // Sums of twenty weights of 1/20.
    for (const [name, value] of Object.entries(expected)) expect(means[name], name).toBeCloseTo(value, 13);
    expect(Object.keys(means).sort()).toEqual(Object.keys(expected).sort());
  });

  it('weighs sides by their mass and by their energy', () => {
    // Masses 0.2 and 0.8; squares 10 x 4 and 40 x 1.
    const shape = shapeOf(exactSpectrum('two points', [...repeat(10, -2), ...repeat(40, 1)]));
    expect(shape.massAsymmetry.mean).toBeCloseTo(0.6, 12);
    expect(shape.energyAsymmetry.mean).toBeCloseTo(0, 12);
    expect(shape.negativeMass.mean).toBeCloseTo(0.2, 12);
  });

  it('is that of the semicircle for its quadrature', () => {
    const steps = 100;
    const shape = shapeOf(semicircle(steps));
    // The nodes are cos(k pi / (m + 1)).
    const normaliser = Math.cos((10 * Math.PI) / (steps + 1));
    expect(shape.largestNormalised.mean).toBeCloseTo(Math.cos(Math.PI / (steps + 1)) / normaliser, 12);
    // The steps of the quadrature's mass enclose the true one, and each is a weight of at most 2 / (m + 1).
    const below = semicircleBelow(-ZERO_SHARE * normaliser);
    expect(Math.abs(shape.negativeMass.mean - below)).toBeLessThan(2 / (steps + 1));
    expect(shape.positiveMass.mean).toBeCloseTo(shape.negativeMass.mean, 12);
    expect(shape.massAsymmetry.mean).toBeCloseTo(0, 12);
    expect(shape.energyAsymmetry.mean).toBeCloseTo(0, 12);
    expect(shape.outliers.mean).toBe(0);
    // Either end of the bulk is a node with the true quantile between its neighbours, which are at most
    // pi / (m + 1) away (Chebyshev, Markov and Stieltjes).
    const width = 2 * semicircleQuantile(1 - BULK_TAIL);
    expect(Math.abs(shape.dispersion.mean * normaliser - width)).toBeLessThan((2 * Math.PI) / (steps + 1));
  });

  it('counts outliers, each of several equal eigenvalues in an exact spectrum', () => {
    const bulk = Array.from({ length: 2000 }, (_, i) => Math.cos((Math.PI * (i + 0.5)) / 2000));
    const shape = shapeOf(exactSpectrum('spiked', [...bulk, 8, 8, 20, -9]));
    expect(shape.outliers.mean).toBe(4);
    expect(shape.dispersion.mean).toBeGreaterThan(1.9);
    expect(shape.dispersion.mean).toBeLessThan(2.1);
  });

  it('counts an eigenvalue once of which Lanczos has found copies', () => {
    const weights = [0.4995, 0.4995, 0.0004, 0.0006];
    const probe = {
      alphas: [],
      betas: [],
      nodes: [-1, 1, 50, 50 * (1 + 4 * Number.EPSILON)],
      weights,
      residualBounds: repeat(4, 0),
    };
    const spectrum: OperatorSpectrum = {
      name: 'ghosts',
      dim: 1e4,
      method: 'lanczos',
      isZero: false,
      probes: [probe],
    };
    expect(shapeOf(spectrum).outliers.mean).toBe(1);
  });

  it('does not change when all eigenvalues are multiplied', () => {
    const eigenvalues = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), {
      minLength: 12,
      maxLength: 40,
    });
    fc.assert(
      fc.property(eigenvalues, fc.integer({ min: -8, max: 8 }), (values, exponent) => {
        // A power of two scales without rounding.
        const spectrum = exactSpectrum('any', [...values, 1]);
        expect(shapeOf(divideSpectrum(spectrum, 2 ** exponent))).toEqual(shapeOf(spectrum));
      }),
    );
  });

  it('is flat for a spectrum of zeros', () => {
    const shape = shapeOf(exactSpectrum('zero', repeat(20, 0)));
    for (const { mean } of Object.values(shape)) expect(mean).toBe(0);
  });

  it('has errors over probes', () => {
    const probe = (least: number) => ({ alphas: [least, 1], betas: [0, 0] });
    const shape = shapeOf(lanczosSpectrum('two probes', 100, [probe(-1), probe(-3)]));
    // Without couplings the first probe vector is an eigenvector: all mass at -1, or at -3.
    expect(shape.leastNormalised).toEqual({ mean: -2, standardError: 1 });
  });
});
