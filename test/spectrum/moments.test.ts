import { describe, expect, it } from 'vitest';
import { estimate, jackknifeStandardError } from '../../src/spectrum/estimate.ts';
import { runLanczos, startLanczos } from '../../src/spectrum/lanczos.ts';
import { largestEigenvalue, leastEigenvalue, spectrumMoments } from '../../src/spectrum/moments.ts';
import { sampleProbe } from '../../src/spectrum/probe.ts';
import { exactSpectrum, lanczosSpectrum } from '../../src/spectrum/quadrature.ts';
import { diagonalOperator } from './prescribed.ts';

describe('estimate', () => {
  it('is the mean with the standard error of the mean', () => {
    expect(estimate([1, 2, 3, 6])).toEqual({ mean: 3, standardError: Math.sqrt(14 / 3 / 4) });
    expect(estimate([5])).toEqual({ mean: 5, standardError: null });
    expect(() => estimate([])).toThrow('none');
  });

  it('agrees with the jackknife of a mean', () => {
    const values = [1, 2, 3, 6];
    const leftOut = values.map((value) => (12 - value) / 3);
    expect(jackknifeStandardError(leftOut)).toBeCloseTo(estimate(values).standardError!, 14);
    expect(jackknifeStandardError([])).toBeNull();
  });
});

describe('spectrumMoments', () => {
  it('is exact for an exact spectrum', () => {
    const moments = spectrumMoments(exactSpectrum('b', [-3, 0, 0, 4]), 'float64');
    expect(moments).toEqual({
      largest: { mean: 4, standardError: null },
      least: { mean: -3, standardError: null },
      trace: { mean: 1, standardError: null },
      frobenius: { mean: 5, standardError: null },
      negativeMass: { mean: 0.25, standardError: null },
      zeroMass: { mean: 0.5, standardError: null },
    });
  });

  it('does not take mass within rounding of zero for negative mass', () => {
    const eigenvalues = [-1e-6, -1e-3, 1e-7, 0, 1];
    const single = spectrumMoments(exactSpectrum('b', eigenvalues), 'float32');
    expect(single.negativeMass.mean).toBeCloseTo(0.2, 15);
    expect(single.zeroMass.mean).toBeCloseTo(0.6, 15);
    const double = spectrumMoments(exactSpectrum('b', eigenvalues), 'float64');
    expect(double.negativeMass.mean).toBeCloseTo(0.4, 15);
    expect(double.zeroMass.mean).toBeCloseTo(0.2, 15);
  });

  it('estimates trace and Frobenius norm within their standard errors', async () => {
    const eigenvalues = Array.from({ length: 400 }, (_, i) => Math.sin(i) + 0.2);
    const states = Array.from({ length: 20 }, (_, i) =>
      startLanczos(sampleProbe({ kind: 'gaussian', dim: 400, precision: 'float64', seed: 2, path: [i] }), {
        steps: 30,
      }),
    );
    await runLanczos(diagonalOperator(eigenvalues), states);
    const { trace, frobenius, negativeMass, zeroMass } = spectrumMoments(
      lanczosSpectrum('b', 400, states),
      'float64',
    );
    const exact = {
      trace: eigenvalues.reduce((sum, x) => sum + x, 0),
      frobenius: Math.sqrt(eigenvalues.reduce((sum, x) => sum + x * x, 0)),
      negative: eigenvalues.filter((x) => x < 0).length / 400,
    };
    // Student's t with 19 degrees of freedom exceeds 4 with probability 8e-4; the seed is fixed.
    expect(Math.abs(trace.mean - exact.trace)).toBeLessThan(4 * trace.standardError!);
    expect(Math.abs(frobenius.mean - exact.frobenius)).toBeLessThan(4 * frobenius.standardError!);
    // A step function is resolved to about the weight of a node, 1/30, besides.
    expect(Math.abs(negativeMass.mean - exact.negative)).toBeLessThan(
      4 * negativeMass.standardError! + 1 / 30,
    );
    expect(zeroMass.mean).toBe(0);
    // The error of the trace foreseen for unit Gaussian probes: dim sqrt(2 var(lambda) / (dim + 2) / probes).
    const variance = exact.frobenius ** 2 / 400 - (exact.trace / 400) ** 2;
    const foreseen = 400 * Math.sqrt((2 * variance) / 402 / 20);
    // A sample deviation from 20 values errs by 16 per cent; three of those.
    expect(Math.abs(trace.standardError! / foreseen - 1)).toBeLessThan(0.48);
  });

  it('gives the extreme eigenvalues with a bound of their error', async () => {
    const eigenvalues = Array.from({ length: 100 }, (_, i) => (i < 99 ? i / 99 : 5));
    const states = [0, 1].map((i) =>
      startLanczos(sampleProbe({ kind: 'gaussian', dim: 100, precision: 'float64', seed: 2, path: [i] }), {
        steps: 12,
      }),
    );
    await runLanczos(diagonalOperator(eigenvalues), states);
    const spectrum = lanczosSpectrum('b', 100, states);
    const largest = largestEigenvalue(spectrum);
    expect(Math.abs(largest.value - 5)).toBeLessThanOrEqual(largest.residualBound + 1e-14);
    const least = leastEigenvalue(spectrum);
    expect(least.value).toBeLessThan(0.1);
    expect(least.residualBound).toBeGreaterThan(largest.residualBound);
  });
});
