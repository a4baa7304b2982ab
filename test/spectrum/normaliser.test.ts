import { describe, expect, it } from 'vitest';
import { runLanczos, startLanczos } from '../../src/spectrum/lanczos.ts';
import {
  divideSpectrum,
  GHOST_MULTIPLE,
  mergeGhosts,
  spectrumNormaliser,
} from '../../src/spectrum/normaliser.ts';
import { sampleProbe } from '../../src/spectrum/probe.ts';
import { exactSpectrum, lanczosSpectrum } from '../../src/spectrum/quadrature.ts';
import { epsilonOf } from '../../src/spectrum/rounding.ts';
import { diagonalOperator } from './prescribed.ts';

describe('spectrumNormaliser', () => {
  it('is the 10th largest eigenvalue of an exact spectrum, counting repetitions', () => {
    const eigenvalues = [9, 9, 9, 8, 7, 6, 5, 4, 3, 2.5, 1, 0, -20];
    expect(spectrumNormaliser(exactSpectrum('b', eigenvalues), 'float64')).toEqual({
      value: 2.5,
      rule: '10th largest eigenvalue',
    });
  });

  it.each(['float64', 'float32'] as const)('is not misled by ghosts of Lanczos in %s', async (precision) => {
    // Outliers converge at once and come back as ghosts over 90 three-term steps.
    const outliers = Array.from({ length: 12 }, (_, i) => 100 - 7 * i);
    const bulk = Array.from({ length: 500 }, (_, i) => i / 500);
    const states = [0, 1, 2].map((i) =>
      startLanczos(sampleProbe({ kind: 'gaussian', dim: 512, precision, seed: 3, path: [i] }), { steps: 90 }),
    );
    await runLanczos(diagonalOperator([...outliers, ...bulk], precision), states);
    const spectrum = lanczosSpectrum('b', 512, states);
    expect(spectrum.probes[0]!.nodes.at(-10)).toBeGreaterThan(38);
    const { value, rule } = spectrumNormaliser(spectrum, precision);
    expect(rule).toBe('10th largest eigenvalue');
    // As far apart as copies are taken to lie.
    expect(Math.abs(value - 37)).toBeLessThan(GHOST_MULTIPLE[precision] * epsilonOf(precision) * 100);
  });

  it('falls back to the largest eigenvalue, then to the largest magnitude, then to 1', () => {
    const few = spectrumNormaliser(exactSpectrum('b', [1, 2, 3]), 'float64');
    expect(few.value).toBe(3);
    expect(few.rule).toContain('largest eigenvalue');
    const notPositive = spectrumNormaliser(
      exactSpectrum('b', [4, ...new Array<number>(20).fill(-1e-9)]),
      'float32',
    );
    expect(notPositive.value).toBe(4);
    const negative = spectrumNormaliser(exactSpectrum('b', [-5, -1]), 'float64');
    expect(negative.value).toBe(5);
    expect(negative.rule).toContain('largest magnitude');
    expect(spectrumNormaliser(exactSpectrum('b', [0, 0]), 'float64')).toEqual({
      value: 1,
      rule: '1 (the spectrum is zero)',
    });
  });
});

describe('mergeGhosts', () => {
  it('replaces a cluster by its weighted mean and leaves the rest', () => {
    const probe = {
      alphas: [],
      betas: [],
      nodes: [0, 1, 1.001, 1.002, 3],
      weights: [0.1, 0.2, 0.1, 0.1, 0.5],
      residualBounds: [0, 0, 0, 0, 0],
    };
    const merged = mergeGhosts(probe, 0.01);
    expect(merged).toHaveLength(3);
    expect(merged[1]).toBeCloseTo(1 + (0.1 * 0.001 + 0.1 * 0.002) / 0.4, 14);
    expect(mergeGhosts(probe, 0)).toEqual(probe.nodes);
    // A node without weight is no eigenvalue yet.
    expect(mergeGhosts({ ...probe, weights: [0.1, 0.2, 0.1, 0.6, 1e-40] }, 0)).toEqual([0, 1, 1.001, 1.002]);
  });
});

describe('divideSpectrum', () => {
  it('scales all that has the units of an eigenvalue', () => {
    const { nodes, weights } = divideSpectrum(exactSpectrum('b', [2, 4]), 2).probes[0]!;
    expect([nodes, weights]).toEqual([
      [1, 2],
      [0.5, 0.5],
    ]);
  });
});
