import { describe, expect, it } from 'vitest';
import { type ColumnSample, couplingOf, measureCoupling } from '../../../src/study/exact/coupling.ts';
import { exactHessian } from '../../../src/study/exact/measure.ts';
import { parseCouplingRequest, parseExactRequest } from '../../../src/study/exact/request.ts';
import { openOnnxRuntimeEngine } from '../../../src/tensor/engine/onnxruntime.ts';

const CHOICES = { model: 'gpt-tiny', batch: 2, blocks: 'paper', group: 'paper' } as const;
const NOTHING = { known: {}, onColumn: async () => true };

describe('coupling without the matrix', () => {
  it('is that of the exact matrix within its errors', async () => {
    const engine = await openOnnxRuntimeEngine({ threads: 1 });
    const exact = (await exactHessian(parseExactRequest(CHOICES), engine))!;
    const request = parseCouplingRequest({ ...CHOICES, probes: 60, precision: 'float64' });
    const coupling = (await measureCoupling(request, engine, NOTHING))!;
    const deviations = coupling.squaredNorms.flatMap((row, k) =>
      row.map(({ mean, standardError }, l) => (mean - exact.structure.squaredNorms[k]![l]!) / standardError),
    );
    // 21 different pairs: the largest of as many normal numbers is below 4 but once in a thousand times.
    for (const deviation of deviations) expect(Math.abs(deviation)).toBeLessThan(4);
    // Neither all too small nor too large: their mean square is 1 for errors that are right, to sqrt(2 / 21) = 0.31.
    const meanSquare = deviations.reduce((sum, x) => sum + x * x, 0) / deviations.length;
    expect(meanSquare).toBeGreaterThan(0.3);
    expect(meanSquare).toBeLessThan(2.2);
    const { diagonalShare, structurelessShare } = exact.structure;
    expect(Math.abs(coupling.diagonalShare!.mean - diagonalShare!)).toBeLessThan(
      4 * coupling.diagonalShare!.standardError,
    );
    expect(coupling.structurelessShare).toBeCloseTo(structurelessShare, 14);
    expect(coupling.loss).toBe(exact.loss);
  });

  it('goes on from what is known, to the same numbers', async () => {
    const engine = await openOnnxRuntimeEngine({ threads: 1 });
    const request = parseCouplingRequest({ ...CHOICES, probes: 2 });
    const known: Record<string, readonly ColumnSample[]> = {};
    const stopped = await measureCoupling(request, engine, {
      known: {},
      onColumn: async (name, samples, done) => {
        known[name] = samples;
        return done < 3;
      },
    });
    expect(stopped).toBeNull();
    expect(Object.keys(known).length).toBe(3);
    const columns: string[] = [];
    const rest = await measureCoupling(request, engine, {
      known,
      onColumn: async (name) => columns.push(name) > 0,
    });
    expect(columns.length).toBe(3);
    expect(rest).toEqual(await measureCoupling(request, engine, NOTHING));
  });

  it('refuses a single block', async () => {
    const engine = await openOnnxRuntimeEngine({ threads: 1 });
    const single = parseCouplingRequest({ ...CHOICES, group: 'parameter', blocks: 'transformer.wpe' });
    await expect(measureCoupling(single, engine, NOTHING)).rejects.toThrow('expected at least two, found 1');
  });
});

describe('the measures of coupling', () => {
  const groups = [
    { name: 'a', size: 1 },
    { name: 'b', size: 2 },
  ];

  it('are means over probes and over both columns', () => {
    const samples = {
      a: [
        [4, 1],
        [4, 3],
      ],
      b: [
        [2, 9],
        [2, 7],
      ],
    };
    const coupling = couplingOf(groups, samples, 2);
    expect(coupling.squaredNorms.map((row) => row.map(({ mean }) => mean))).toEqual([
      [4, 2],
      [2, 8],
    ]);
    // The pair's two values are (1 + 2) / 2 and (3 + 2) / 2.
    expect(coupling.squaredNorms[0]![1]!.standardError).toBeCloseTo(0.5, 14);
    expect(coupling.rmsEntries[1]![1]).toBeCloseTo(Math.sqrt(8 / 4), 14);
    expect(coupling.ratios[0]![1]).toBeCloseTo(Math.sqrt(2) / 32 ** 0.25, 14);
    expect(coupling.diagonalShare!.mean).toBeCloseTo(12 / 16, 14);
    expect(coupling.structurelessShare).toBeCloseTo(5 / 9, 14);
  });

  it('leave open what a zero block has no measure for', () => {
    const zero = { a: [[0, 0]], b: [[0, 0]] };
    const coupling = couplingOf(groups, zero, 1);
    expect(coupling.ratios[0]![1]).toBeNull();
    expect(coupling.diagonalShare).toBeNull();
  });
});
