import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/random/stream.ts';
import { denseMatrix } from '../../src/spectrum/dense-matrix.ts';
import type { LinearOperator, Vector } from '../../src/spectrum/operator.ts';

/** An operator that multiplies by a given row-major matrix and counts its calls. */
function operatorOf(entries: Float64Array, dim: number, calls: number[] = []): LinearOperator {
  return {
    name: 'matrix',
    dim,
    precision: 'float64',
    matmat: async (columns) => {
      calls.push(columns.length);
      return columns.map((column) => multiply(entries, dim, column));
    },
  };
}

function multiply(entries: Float64Array, dim: number, column: Vector): Vector {
  return Float64Array.from({ length: dim }, (_, row) => {
    let sum = 0;
    for (let j = 0; j < dim; j++) sum += (entries[row * dim + j] as number) * (column[j] as number);
    return sum;
  });
}

function symmetric(dim: number): Float64Array {
  const values = new RandomStream(1, 'dense').gaussian(dim * dim);
  return values.map((_, i) => {
    const [row, column] = [Math.floor(i / dim), i % dim];
    return (values[Math.max(row, column) * dim + Math.min(row, column)] as number) + 0;
  });
}

describe('denseMatrix', () => {
  it('is the matrix behind the products, in groups of columns', async () => {
    const [dim, calls] = [7, [] as number[]];
    const entries = symmetric(dim);
    const matrix = await denseMatrix(operatorOf(entries, dim, calls), 3);
    expect(matrix?.entries).toEqual(entries);
    expect(matrix?.asymmetry).toBe(0);
    expect(calls).toEqual([3, 3, 1]);
  });

  it('is symmetric to the bit and says how far the products were from it', async () => {
    const matrix = await denseMatrix(operatorOf(Float64Array.of(1, 2, 2.5, 4), 2), 2);
    expect(Array.from(matrix?.entries ?? [])).toEqual([1, 2.25, 2.25, 4]);
    expect(matrix?.asymmetry).toBe(0.5 / 4);
  });

  it('ends when it is told to, and names a column that is not finite', async () => {
    const calls: number[] = [];
    expect(await denseMatrix(operatorOf(symmetric(4), 4, calls), 1, async () => calls.length < 2)).toBeNull();
    expect(calls.length).toBe(2);
    const broken = operatorOf(Float64Array.of(1, 0, 0, Number.NaN), 2);
    await expect(denseMatrix(broken, 2)).rejects.toThrow('infinity in column 0 of its matrix');
  });
});
