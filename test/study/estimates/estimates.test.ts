import { beforeAll, describe, expect, test } from 'vitest';
import { measureDiagonal } from '../../../src/study/estimates/diagonal.ts';
import { measureEigenpairs } from '../../../src/study/estimates/eigenpairs.ts';
import {
  diagonalRequestSchema,
  eigenpairsRequestSchema,
  traceRequestSchema,
} from '../../../src/study/estimates/request.ts';
import { measureTrace } from '../../../src/study/estimates/trace.ts';
import { type ExactHessian, exactHessian } from '../../../src/study/exact/measure.ts';
import { parseExactRequest } from '../../../src/study/exact/request.ts';
import { parseModelRequest } from '../../../src/study/model/choices.ts';
import { onnxRuntimeEngine } from '../../../src/tensor/engine/onnxruntime.ts';
import { norm } from '../../../src/vector/vector.ts';

const engine = onnxRuntimeEngine({ threads: 1 });
/** 650 rows, whose matrix is known entry by entry. */
const MATRIX = { model: 'mlp', blocks: 'fc4.weight,fc4.bias', batch: 16, precision: 'float64' };

let exact: ExactHessian;
beforeAll(async () => {
  exact = (await exactHessian(parseExactRequest(MATRIX), engine)) as ExactHessian;
});

describe('eigenpairs', () => {
  const request = (more: object = {}) => parseModelRequest(eigenpairsRequestSchema, { ...MATRIX, ...more });

  test('are the ends of the exact spectrum, and the residuals are those of the matrix', async () => {
    const found = await measureEigenpairs(request({ tolerance: 1e-10, slices: false }), engine);
    const { largest = [], least = [], hasConverged, slices } = found ?? {};
    expect({ hasConverged, slices }).toEqual({ hasConverged: true, slices: [] });
    const range = (exact.eigenvalues.at(-1) as number) - (exact.eigenvalues[0] as number);
    for (const [place, { value, vector, residual }] of largest.entries()) {
      // An eigenvalue lies within the residual of the value.
      expect(Math.abs(value - (exact.eigenvalues.at(-1 - place) as number))).toBeLessThan(1e-9 * range);
      const entries = Array.from(vector);
      const image = entries.map((_, row) =>
        entries.reduce((sum, x, column) => sum + x * (exact.entries[row * exact.dim + column] as number), 0),
      );
      const difference = Float64Array.from(image, (y, row) => y - value * (entries[row] as number));
      expect(norm(difference)).toBeLessThan(residual + 1e-12 * range);
    }
    // Of the many zeros of a last layer only one is found: Lanczos sees a multiple eigenvalue once.
    expect(Math.abs((least[0]?.value as number) - (exact.eigenvalues[0] as number))).toBeLessThan(
      1e-9 * range,
    );
    expect([largest.length, least.length]).toEqual([3, 3]);
  });

  test('bend the loss as their values say', async () => {
    const found = await measureEigenpairs(request({ count: 1, slicePoints: 401 }), engine);
    const [slice] = found?.slices ?? [];
    const points = slice?.points ?? [];
    const middle = (points.length - 1) / 2;
    const [before, at, after] = [-1, 0, 1].map((step) => points[middle + step]);
    if (!slice || !before || !at || !after) throw new Error('expected points around the middle');
    expect(at).toMatchObject({ t: 0, loss: found?.loss, parabola: found?.loss });
    // Central differences; what they leave out falls with t^2, here 2 / 200^2 of the reach's.
    const bend = (after.loss - 2 * at.loss + before.loss) / after.t ** 2;
    expect(Math.abs(bend - slice.value)).toBeLessThan(1e-3 * Math.abs(slice.value));
    const slope = (after.loss - before.loss) / (after.t - before.t);
    expect(Math.abs(slope - slice.slope)).toBeLessThan(
      1e-3 * (Math.abs(slice.slope) + slice.value * after.t),
    );
  });

  test('end with nothing when they are stopped', async () => {
    const seen: number[] = [];
    const stopped = await measureEigenpairs(request(), engine, async (done) => {
      seen.push(done);
      return done < 3;
    });
    expect({ stopped, seen }).toEqual({ stopped: null, seen: [1, 2, 3] });
  });
});

test('the trace of Gauss-Newton and Hessian is the sum of the exact diagonal within its error', async () => {
  for (const curvature of ['hessian', 'gauss-newton'] as const) {
    const matrix = await exactHessian(parseExactRequest({ ...MATRIX, curvature }), engine);
    if (!matrix) throw new Error('expected a matrix');
    const request = parseModelRequest(traceRequestSchema, { ...MATRIX, curvature });
    const found = await measureTrace(request, engine);
    const wanted = Array.from({ length: matrix.dim }).reduce<number>(
      (sum, _, row) => sum + (matrix.entries[row * (matrix.dim + 1)] as number),
      0,
    );
    const { mean = Number.NaN, standardError } = found?.trace ?? {};
    // Four standard errors of 20 samples are passed once in 1,300 draws, and the seed is fixed.
    expect(Math.abs(mean - wanted)).toBeLessThan(4 * (standardError ?? 0) + 1e-12);
  }
});

test('the diagonal is the exact one within its errors, block by block', async () => {
  const request = parseModelRequest(diagonalRequestSchema, { ...MATRIX, products: 40 });
  const found = await measureDiagonal(request, engine);
  const blocks = found?.diagonal ?? [];
  expect(blocks.map(({ name, shape }) => ({ name, shape }))).toEqual([
    { name: 'fc4.weight', shape: [10, 64] },
    { name: 'fc4.bias', shape: [10] },
  ]);
  const mean = blocks.flatMap((block) => [...block.mean]);
  const error = blocks.flatMap((block) => [...block.standardError]);
  const squares = mean.map((value, row) => {
    const off = value - (exact.entries[row * (exact.dim + 1)] as number);
    return error[row] === 0 ? 0 : (off / (error[row] as number)) ** 2;
  });
  // The mean square of 650 standardised errors, which are correlated by 40 common vectors.
  const spread = squares.reduce((sum, value) => sum + value, 0) / squares.length;
  expect(spread).toBeGreaterThan(0.5);
  expect(spread).toBeLessThan(2);
});

test.each([
  [{ blocks: 'none' }, /found none in 'none'/],
  [{ count: 400 }, /expected 1 to 325 pairs/],
  [{ kount: 3 }, /kount/],
])('%j is refused with a sentence', async (more, message) => {
  const ask = async () =>
    measureEigenpairs(parseModelRequest(eigenpairsRequestSchema, { ...MATRIX, ...more }), engine);
  await expect(ask()).rejects.toThrow(message);
});
