import { describe, expect, it } from 'vitest';
import type { DistanceRecord, DistancesFile } from '../../src/app/runs/records.ts';
import { RandomStream } from '../../src/random/stream.ts';
import { DEFAULT_DISTANCE_SETTINGS } from '../../src/spectrum/distance/definition.ts';
import { DISTANCE_NAMES, DISTANCES } from '../../src/spectrum/distance/index.ts';
import {
  measureBlockDistances,
  measureHeterogeneity,
  ZERO_BLOCK_TREATMENT,
} from '../../src/spectrum/heterogeneity.ts';
import { exactSpectrum } from '../../src/spectrum/quadrature.ts';
import type { OperatorSpectrum } from '../../src/spectrum/spectrum.ts';

const settings = { ...DEFAULT_DISTANCE_SETTINGS, precision: 'float64' as const, gridPoints: 512 };
const w1 = DISTANCES['wasserstein-1'];

/** A block whose probe i is a single point mass. */
function pointBlock(name: string, points: readonly number[], isZero = false): OperatorSpectrum {
  const probes = points.map((node) => ({
    alphas: [node],
    betas: [0],
    nodes: [node],
    weights: [1],
    residualBounds: [0],
  }));
  return { name, dim: 10, method: 'lanczos', isZero, probes };
}

describe('measureBlockDistances', () => {
  it('has the matrix, its mean over pairs, and its mean with the zero diagonal', () => {
    const blocks = [exactSpectrum('a', [0]), exactSpectrum('b', [1]), exactSpectrum('c', [5])];
    const result = measureBlockDistances(blocks, w1, settings);
    expect(result.matrix).toEqual([
      [0, 1, 5],
      [1, 0, 4],
      [5, 4, 0],
    ]);
    expect(result.js0).toEqual({ mean: 10 / 3, standardError: null });
    // 20 / 9 over the whole matrix.
    expect(result.js0WholeMatrix).toBeCloseTo(20 / 9, 14);
    expect(result.noiseFloor).toBeNull();
    expect(result.blocks).toEqual(['a', 'b', 'c']);
    expect(result.description).toContain('Used here');
  });

  it('leaves zero blocks out of everything and says so', () => {
    const blocks = [
      exactSpectrum('a', [0.5]),
      pointBlock('bias', [1e-9, 2e-9], true),
      exactSpectrum('b', [2]),
    ];
    const report = measureHeterogeneity(blocks, [w1, DISTANCES.jsd], settings);
    expect(report.zeroBlocks).toEqual({ names: ['bias'], treatment: ZERO_BLOCK_TREATMENT });
    const [first] = report.definitions;
    expect(first!.matrix).toEqual([
      [0, null, 1.5],
      [null, null, null],
      [1.5, null, 0],
    ]);
    expect(first!.js0.mean).toBe(1.5);
    expect(first!.js0WholeMatrix).toBe(0.75);
    expect(first!.noiseFloor).toBeNull();
  });

  it('is 0 where there is no pair', () => {
    const one = measureBlockDistances([exactSpectrum('a', [3])], w1, settings);
    expect(one).toMatchObject({ js0: { mean: 0, standardError: null }, js0WholeMatrix: 0, matrix: [[0]] });
    const none = measureBlockDistances([pointBlock('a', [0], true)], w1, settings);
    expect(none).toMatchObject({ js0: { mean: 0 }, js0WholeMatrix: 0, matrix: [[null]], noiseFloor: null });
  });

  it('has the standard error of a mean for a distance that is linear in the probes', () => {
    // All points of b lie above those of a: W1 is the difference of the means, the mean of the differences.
    const a = [0, 0.1, -0.2, 0.05];
    const b = [5, 5.3, 4.9, 5.4];
    const { js0 } = measureBlockDistances([pointBlock('a', a), pointBlock('b', b)], w1, settings);
    const differences = a.map((x, i) => b[i]! - x);
    const mean = differences.reduce((sum, x) => sum + x, 0) / 4;
    const variance = differences.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 3;
    expect(js0.mean).toBeCloseTo(mean, 13);
    expect(js0.standardError).toBeCloseTo(Math.sqrt(variance / 4), 13);
  });

  it('leaves exact blocks whole in the jackknife, and has no error with one random probe', () => {
    const b = [5, 5.3, 4.9, 5.4];
    const { js0 } = measureBlockDistances([exactSpectrum('a', [0]), pointBlock('b', b)], w1, settings);
    const variance = b.reduce((sum, x) => sum + (x - 5.15) ** 2, 0) / 3;
    expect(js0.standardError).toBeCloseTo(Math.sqrt(variance / 4), 13);
    const single = measureBlockDistances([pointBlock('a', [1]), pointBlock('b', b)], w1, settings);
    expect(single.js0.standardError).toBeNull();
    expect(single.noiseFloor).not.toBeNull();
  });

  it('has the mean distance of halves as its noise floor', () => {
    const blocks = [pointBlock('a', [0, 1, 10, 11, 99]), pointBlock('b', [2, 2, 2, 2])];
    // Halves (0, 1) and (10, 11) of a are 10 apart (an odd last probe is left out), those of b 0.
    expect(measureBlockDistances(blocks, w1, settings).noiseFloor).toBeCloseTo(5, 13);
  });

  it('tells different blocks from noise in every definition', () => {
    const blocks = [0.1, 1, 3].map((size, k) => ({
      ...pointBlock(`b${k}`, []),
      probes: Array.from({ length: 6 }, (_, i) => {
        const drawn = new RandomStream(i, 'nodes', k).gaussian(60).sort();
        const nodes = Array.from(drawn, (x) => size * (k === 1 ? Math.abs(x) + 1 : x)).sort((x, y) => x - y);
        return {
          alphas: [],
          betas: [],
          nodes,
          weights: nodes.map(() => 1 / 60),
          residualBounds: nodes.map(() => 0),
        };
      }),
    }));
    for (const name of DISTANCE_NAMES) {
      const result: DistanceRecord = measureBlockDistances(blocks, DISTANCES[name], settings);
      expect(result.js0.mean).toBeGreaterThan(result.noiseFloor! + 3 * result.js0.standardError!);
      expect(result.js0.standardError).toBeGreaterThan(0);
    }
  });

  it('fits the record of a run', () => {
    const file: DistancesFile = {
      version: 1,
      ...measureHeterogeneity([exactSpectrum('a', [1])], [w1], settings),
    };
    expect(file.definitions.map(({ definition }) => definition)).toEqual(['wasserstein-1']);
  });
});
