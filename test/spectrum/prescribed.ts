/** Operators whose spectra are known beforehand. */
import { RandomStream } from '../../src/random/stream.ts';
import type { LinearOperator, Precision, Vector } from '../../src/spectrum/operator.ts';

/** A symmetric matrix (row by row) with these eigenvalues and random eigenvectors: diag turned by n reflections. */
export function prescribedMatrix(eigenvalues: readonly number[], seed: number): Float64Array {
  const n = eigenvalues.length;
  const a = new Float64Array(n * n);
  eigenvalues.forEach((value, i) => {
    a[i * n + i] = value;
  });
  for (let k = 0; k < Math.min(n, 8); k++) {
    const u = new RandomStream(seed, 'reflection', k).gaussian(n);
    const length = Math.sqrt(u.reduce((sum, x) => sum + x * x, 0));
    for (let i = 0; i < n; i++) u[i] = u[i]! / length;
    reflectRows(a, u, n);
    transpose(a, n);
    reflectRows(a, u, n);
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) a[j * n + i] = a[i * n + j]!;
  }
  return a;
}

function reflectRows(a: Float64Array, u: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    let projection = 0;
    for (let j = 0; j < n; j++) projection += a[i * n + j]! * u[j]!;
    for (let j = 0; j < n; j++) a[i * n + j] = a[i * n + j]! - 2 * projection * u[j]!;
  }
}

function transpose(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const swap = a[i * n + j]!;
      a[i * n + j] = a[j * n + i]!;
      a[j * n + i] = swap;
    }
  }
}

/** A dense matrix as an operator; `calls` counts the columns of each call. */
export function denseOperator(
  matrix: Float64Array,
  precision: Precision = 'float64',
): LinearOperator & { readonly calls: number[] } {
  const dim = Math.round(Math.sqrt(matrix.length));
  const calls: number[] = [];
  return {
    name: 'dense',
    dim,
    precision,
    calls,
    async matmat(columns: readonly Vector[]): Promise<Vector[]> {
      calls.push(columns.length);
      return columns.map((column) => {
        const product = precision === 'float32' ? new Float32Array(dim) : new Float64Array(dim);
        for (let i = 0; i < dim; i++) {
          let sum = 0;
          for (let j = 0; j < dim; j++) sum += matrix[i * dim + j]! * column[j]!;
          product[i] = sum;
        }
        return product;
      });
    },
  };
}

/** A diagonal matrix as an operator. */
export function diagonalOperator(
  entries: readonly number[],
  precision: Precision = 'float64',
): LinearOperator {
  return {
    name: 'diagonal',
    dim: entries.length,
    precision,
    async matmat(columns: readonly Vector[]): Promise<Vector[]> {
      return columns.map((column) => column.map((x, i) => entries[i]! * x));
    },
  };
}
