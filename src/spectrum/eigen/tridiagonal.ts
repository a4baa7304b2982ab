/**
 * The symmetric tridiagonal eigenproblem by the implicit QL algorithm with Wilkinson's shifts,
 * carrying no eigenvectors or only the rows of them that quadrature needs (Golub and Welsch,
 * "Calculation of Gauss quadrature rules", 1969): O(n^2) work and O(n) memory.
 */

/** More sweeps than this for one eigenvalue mean that the input was not finite; two or three are usual. */
const MAX_SWEEPS = 60;
/** A coupling below this share of the largest entry moves no eigenvalue by more than a sixteenth of its rounding. */
const NEGLIGIBLE = Number.EPSILON / 16;

/** Eigenvalues of a symmetric tridiagonal matrix with the end components of its unit eigenvectors. */
export interface TridiagonalEigen {
  /** Eigenvalues in ascending order. */
  readonly values: Float64Array;
  /** First component of the unit eigenvector of each eigenvalue; its sign has no meaning. */
  readonly first: Float64Array;
  /** Last component of the same eigenvector. */
  readonly last: Float64Array;
}

/**
 * Eigenvalues and end components of the eigenvectors.
 *
 * @param diagonal n entries.
 * @param offDiagonal n - 1 entries; `offDiagonal[j]` couples j and j + 1.
 * @throws Error when the lengths do not fit or an entry is not finite.
 */
export function tridiagonalEigen(
  diagonal: ArrayLike<number>,
  offDiagonal: ArrayLike<number>,
): TridiagonalEigen {
  const n = diagonal.length;
  const first = new Float64Array(n);
  const last = new Float64Array(n);
  first[0] = 1;
  last[n - 1] = 1;
  const values = implicitQl(diagonal, offDiagonal, [first, last]);
  const order = Array.from(values.keys()).sort((i, j) => values[i]! - values[j]!);
  const arranged = (row: Float64Array): Float64Array => Float64Array.from(order, (i) => row[i]!);
  return { values: arranged(values), first: arranged(first), last: arranged(last) };
}

/** Eigenvalues alone, in ascending order; arguments and errors as `tridiagonalEigen`. */
export function tridiagonalEigenvalues(
  diagonal: ArrayLike<number>,
  offDiagonal: ArrayLike<number>,
): Float64Array {
  return implicitQl(diagonal, offDiagonal, []).sort();
}

/**
 * Diagonalises in a scaled copy; each row in `rows` (a row of the matrix of eigenvectors, begun as a
 * row of the identity) is rotated along.
 */
function implicitQl(
  diagonal: ArrayLike<number>,
  offDiagonal: ArrayLike<number>,
  rows: readonly Float64Array[],
): Float64Array {
  const n = diagonal.length;
  if (offDiagonal.length !== Math.max(n - 1, 0)) {
    throw new Error(
      `expected ${n - 1} off-diagonal entries for ${n} diagonal ones, found ${offDiagonal.length}`,
    );
  }
  const d = Float64Array.from(diagonal);
  const e = new Float64Array(n);
  e.set(Float64Array.from(offDiagonal));
  // With the largest entry at 1, squares neither overflow nor lose what matters to underflow.
  const size = Math.max(largestMagnitudeOf(d), largestMagnitudeOf(e));
  if (size === 0) return d;
  if (!Number.isFinite(size)) throw new Error('expected a tridiagonal matrix of finite numbers');
  for (let i = 0; i < n; i++) {
    d[i] = d[i]! / size;
    e[i] = e[i]! / size;
  }
  for (let left = 0; left < n; left++) {
    for (let sweep = 0; ; sweep++) {
      const right = endOfUnreducedBlock(d, e, left);
      if (right === left) break;
      if (sweep === MAX_SWEEPS)
        throw new Error(`eigenvalue ${left} did not converge in ${MAX_SWEEPS} sweeps`);
      qlSweep(d, e, left, right, rows);
    }
  }
  for (let i = 0; i < n; i++) d[i] = d[i]! * size;
  return d;
}

/** NaN if any entry is NaN. */
function largestMagnitudeOf(values: Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** The first index from `left` on whose coupling to the next is negligible; that coupling is cleared. */
function endOfUnreducedBlock(d: Float64Array, e: Float64Array, left: number): number {
  let m = left;
  for (; m < d.length - 1; m++) {
    const neighbours = Math.abs(d[m]!) + Math.abs(d[m + 1]!);
    // The second term (the matrix has size 1) is below what rounding leaves of any entry: it ends the chase of couplings
    // between entries that are noise, which may span fifty decades and then never settles.
    if (Math.abs(e[m]!) <= Number.EPSILON * neighbours + NEGLIGIBLE) {
      e[m] = 0;
      break;
    }
  }
  return m;
}

/** One implicit QL sweep over the unreduced block left..right: a bulge is chased from its end to its start. */
function qlSweep(
  d: Float64Array,
  e: Float64Array,
  left: number,
  right: number,
  rows: readonly Float64Array[],
): void {
  const half = (d[left + 1]! - d[left]!) / (2 * e[left]!);
  const shift = d[left]! - e[left]! / (half + Math.sign(half || 1) * Math.sqrt(half * half + 1));
  let bulge = d[right]! - shift;
  let sine = 1;
  let cosine = 1;
  let carried = 0;
  for (let i = right - 1; i >= left; i--) {
    const f = sine * e[i]!;
    const b = cosine * e[i]!;
    const r = Math.sqrt(f * f + bulge * bulge);
    e[i + 1] = r;
    if (r === 0) {
      // The block has come apart in the middle of the sweep: undo what was carried and look again.
      d[i + 1] = d[i + 1]! - carried;
      e[right] = 0;
      return;
    }
    sine = f / r;
    cosine = bulge / r;
    const g = d[i + 1]! - carried;
    const t = (d[i]! - g) * sine + 2 * cosine * b;
    carried = sine * t;
    d[i + 1] = g + carried;
    bulge = cosine * t - b;
    for (const row of rows) {
      const upper = row[i + 1]!;
      row[i + 1] = sine * row[i]! + cosine * upper;
      row[i] = cosine * row[i]! - sine * upper;
    }
  }
  d[left] = d[left]! - carried;
  e[left] = bulge;
  e[right] = 0;
}
