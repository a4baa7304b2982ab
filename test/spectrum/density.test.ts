import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.ts';
import {
  addGaussian,
  fromSymmetricLog,
  linearGrid,
  meanDensity,
  resolveSigma,
  sharedGrid,
  smoothDensity,
  toSymmetricLog,
} from '../../src/spectrum/density.ts';
import { exactSpectrum } from '../../src/spectrum/quadrature.ts';
import type { OperatorSpectrum } from '../../src/spectrum/spectrum.ts';

/** A spectrum of several probes from lists of [node, weight]. */
function spectrumOf(...probes: (readonly [number, number])[][]): OperatorSpectrum {
  return {
    name: 'block',
    dim: 100,
    method: 'lanczos',
    isZero: false,
    probes: probes.map((points) => ({
      alphas: [],
      betas: [],
      nodes: points.map(([node]) => node),
      weights: points.map(([, weight]) => weight),
      residualBounds: points.map(() => 0),
    })),
  };
}

describe('sharedGrid', () => {
  const spectra = [exactSpectrum('a', [-1, 0, 2]), exactSpectrum('b', [0.5, 9])];

  it('runs evenly from the least to the largest node of all spectra', () => {
    expect([...sharedGrid(spectra, { kind: 'linear', points: 5 }).points]).toEqual([-1, 1.5, 4, 6.5, 9]);
  });

  it('is even in signed decades when symmetric-log', () => {
    const grid = sharedGrid(spectra, { kind: 'symmetric-log', points: 41, linearThreshold: 0.01 });
    expect([grid.points[0], grid.points[40]]).toEqual([-1, 9]);
    const positions = [...grid.points].map((x) => toSymmetricLog(x, 0.01));
    const spacing = (positions[40]! - positions[0]!) / 40;
    // A position is rounded twice, there and back, at a size of 3 decades.
    positions.forEach((position, i) => {
      expect(Math.abs(position - positions[0]! - i * spacing)).toBeLessThan(20 * Number.EPSILON * 3);
    });
    expect(toSymmetricLog(-0.99, 0.01)).toBeCloseTo(-2, 14);
    expect(fromSymmetricLog(2, 0.01)).toBeCloseTo(0.99, 14);
  });

  it('refuses what is no grid', () => {
    expect(() => sharedGrid(spectra, { kind: 'linear', points: 1 })).toThrow(UserError);
    expect(() => sharedGrid(spectra, { kind: 'symmetric-log', points: 9, linearThreshold: 0 })).toThrow(
      UserError,
    );
    expect(() => sharedGrid([], { kind: 'linear', points: 9 })).toThrow('none');
  });
});

describe('resolveSigma', () => {
  const spectra = [exactSpectrum('a', [0, 4]), exactSpectrum('b', [-6, 2])];

  it('knows absolute and relative widths', () => {
    expect(resolveSigma({ rule: 'absolute', sigma: 0.3 }, spectra)).toBe(0.3);
    expect(resolveSigma({ rule: 'relative', fraction: 0.01 }, spectra)).toBeCloseTo(0.1, 15);
    expect(() => resolveSigma({ rule: 'absolute', sigma: 0 }, spectra)).toThrow(UserError);
  });

  it("is Silverman's rule for a sample", () => {
    // 0 ... 99: standard deviation sqrt((100^2 - 1) / 12) = 28.87, interquartile range 74 - 24 = 50, /1.34 = 37.3.
    const sample = exactSpectrum(
      'c',
      Array.from({ length: 100 }, (_, i) => i),
    );
    const expected = 0.9 * Math.sqrt(9999 / 12) * 100 ** -0.2;
    expect(resolveSigma({ rule: 'bandwidth' }, [sample])).toBeCloseTo(expected, 12);
    // The median over spectra of deviations s, 2 s and 3 s.
    const scaled = [3, 1, 2].map((factor) =>
      exactSpectrum(
        'd',
        sample.probes[0]!.nodes.map((x) => factor * x),
      ),
    );
    expect(resolveSigma({ rule: 'bandwidth' }, scaled)).toBeCloseTo(2 * expected, 12);
  });

  it('is 1 where all nodes coincide', () => {
    const point = [exactSpectrum('a', [2, 2])];
    expect(resolveSigma({ rule: 'relative', fraction: 0.01 }, point)).toBe(1);
    expect(resolveSigma({ rule: 'bandwidth' }, point)).toBe(1);
  });
});

describe('smoothDensity', () => {
  const normal = (x: number, sigma: number): number =>
    Math.exp(-0.5 * (x / sigma) ** 2) / (sigma * Math.sqrt(2 * Math.PI));

  it('is the weighted sum of Gaussians at every point', () => {
    const grid = linearGrid(-3, 5, 2001);
    const { mean, standardError } = smoothDensity(
      spectrumOf([
        [-1, 0.25],
        [2, 0.75],
      ]),
      grid,
      0.2,
    );
    grid.points.forEach((x, i) => {
      const exact = 0.25 * normal(x + 1, 0.2) + 0.75 * normal(x - 2, 0.2);
      // The recurrence errs by about 1e-13 of a value (density.ts); beyond 9 sigma nothing is added, below 1e-17 of the peak.
      expect(Math.abs(mean[i]! - exact)).toBeLessThan(1e-12 * exact + 1e-17);
    });
    expect(standardError).toBeNull();
    // The trapezoidal rule is exact to rounding here: the spacing is a fiftieth of sigma.
    expect(mean.reduce((sum, p) => sum + p, 0) * 0.004).toBeCloseTo(1, 12);
  });

  it('gives the same values on uneven grids', () => {
    const spectrum = spectrumOf([
      [-1, 0.25],
      [2, 0.75],
    ]);
    const grid = sharedGrid([spectrum], { kind: 'symmetric-log', points: 501, linearThreshold: 0.1 });
    meanDensity(spectrum, grid, 0.2).forEach((density, i) => {
      const x = grid.points[i]!;
      expect(density).toBeCloseTo(0.25 * normal(x + 1, 0.2) + 0.75 * normal(x - 2, 0.2), 14);
    });
  });

  it('has the mean and the standard error over probes', () => {
    const grid = linearGrid(-1, 1, 3);
    const probes = [0.1, -0.3, 0.4];
    const { mean, standardError } = smoothDensity(
      spectrumOf(...probes.map((x) => [[x, 1] as const])),
      grid,
      0.5,
    );
    const values = probes.map((x) => normal(x, 0.5));
    const average = (values[0]! + values[1]! + values[2]!) / 3;
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - average) ** 2, 0) / 2);
    expect(mean[1]).toBeCloseTo(average, 14);
    expect(standardError![1]).toBeCloseTo(deviation / Math.sqrt(3), 14);
    expect(meanDensity(spectrumOf(...probes.map((x) => [[x, 1] as const])), grid, 0.5)[1]).toBeCloseTo(
      average,
      14,
    );
  });

  it('survives a sigma far below the spacing', () => {
    const density = new Float64Array(11);
    addGaussian(density, linearGrid(0, 10, 11), 5.0001, 1, 1e-3);
    expect(density[5]).toBeCloseTo(normal(1e-4, 1e-3), 9);
    expect(density.filter((value) => value > 0)).toHaveLength(1);
  });
});
