import { tridiagonalEigenvalues } from './tridiagonal.ts';

/**
 * All eigenvalues of a dense symmetric matrix, ascending, without eigenvectors.
 *
 * Householder reduction to tridiagonal form (Golub and Van Loan, "Matrix Computations", 8.3.1) and
 * implicit QL: about 4/3 n^3 operations and one float64 copy of the matrix.
 *
 * @param matrix n x n entries, row by row; it is not changed, and only entries on and below the
 *   diagonal are read.
 * @throws Error when there are not n x n entries or one is not finite.
 */
export function symmetricEigenvalues(matrix: ArrayLike<number>, n: number): Float64Array {
  if (matrix.length !== n * n) {
    throw new Error(`expected ${n} x ${n} entries of a symmetric matrix, found ${matrix.length}`);
  }
  const { diagonal, offDiagonal } = tridiagonalise(Float64Array.from(matrix), n);
  return tridiagonalEigenvalues(diagonal, offDiagonal);
}

/**
 * Reduces `a` (destroyed) from its last row up, so that what remains is always a leading block.
 *
 * The rank-two update of a step (A <- A - v w' - w v') is left pending and applied in the pass that
 * forms the next step's product, so each step reads and writes its triangle once.
 */
function tridiagonalise(a: Float64Array, n: number): { diagonal: Float64Array; offDiagonal: Float64Array } {
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(Math.max(n - 1, 0));
  const pendingV = new Float64Array(n);
  const pendingW = new Float64Array(n);
  const reflector = new Float64Array(n);
  const product = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    const row = a.subarray(i * n, i * n + i + 1);
    for (let c = 0; c <= i; c++) {
      row[c] = row[c]! - pendingV[i]! * pendingW[c]! - pendingW[i]! * pendingV[c]!;
    }
    diagonal[i] = row[i]!;
    if (i === 0) break;
    const { coupling, factor } = householder(row, i, reflector);
    offDiagonal[i - 1] = coupling;
    updateAndMultiply(a, n, i, pendingV, pendingW, reflector, product);
    let projection = 0;
    for (let r = 0; r < i; r++) projection += product[r]! * reflector[r]!;
    const correction = (factor * factor * projection) / 2;
    for (let r = 0; r < i; r++) {
      pendingV[r] = reflector[r]!;
      pendingW[r] = factor * product[r]! - correction * reflector[r]!;
    }
  }
  return { diagonal, offDiagonal };
}

/**
 * The reflection I - factor u u' that maps `row[0 .. length-1]` to (0, ..., 0, coupling); u is written
 * to `reflector`. A row that is already of that form gives factor 0.
 */
function householder(
  row: Float64Array,
  length: number,
  reflector: Float64Array,
): { coupling: number; factor: number } {
  let size = 0;
  for (let c = 0; c < length - 1; c++) size = Math.max(size, Math.abs(row[c]!));
  const end = row[length - 1]!;
  if (size === 0) {
    reflector.fill(0, 0, length);
    return { coupling: end, factor: 0 };
  }
  size = Math.max(size, Math.abs(end));
  let squares = 0;
  for (let c = 0; c < length; c++) {
    const scaled = row[c]! / size;
    reflector[c] = scaled;
    squares += scaled * scaled;
  }
  const length2 = Math.sqrt(squares);
  const target = end > 0 ? -length2 : length2;
  const pivot = reflector[length - 1]!;
  reflector[length - 1] = pivot - target;
  return { coupling: target * size, factor: 1 / (squares - pivot * target) };
}

/** Applies the pending update to the leading block of `size` rows and sets product <- block x reflector. */
function updateAndMultiply(
  a: Float64Array,
  n: number,
  size: number,
  pendingV: Float64Array,
  pendingW: Float64Array,
  reflector: Float64Array,
  product: Float64Array,
): void {
  product.fill(0, 0, size);
  for (let r = 0; r < size; r++) {
    const start = r * n;
    const vr = pendingV[r]!;
    const wr = pendingW[r]!;
    const ur = reflector[r]!;
    let sum = 0;
    for (let c = 0; c < r; c++) {
      const entry = a[start + c]! - vr * pendingW[c]! - wr * pendingV[c]!;
      a[start + c] = entry;
      sum += entry * reflector[c]!;
      product[c] = product[c]! + entry * ur;
    }
    const onDiagonal = a[start + r]! - 2 * vr * wr;
    a[start + r] = onDiagonal;
    product[r] = product[r]! + sum + onDiagonal * ur;
  }
}
