/** Random rotations of blocks. */
import { Matrix, QrDecomposition } from 'ml-matrix';
import type { RandomStream } from '../random/stream.ts';

/**
 * What turns a block's axes: `haar`, an orthogonal matrix drawn evenly, which keeps the eigenvalues; or `gaussian`, a matrix
 * of independent standard normal entries, which the paper's words literally say (Section 3.1) and which changes them.
 */
export type Rotation = 'haar' | 'gaussian';

/** A square matrix of the kind that is asked for. */
export function drawRotation(kind: Rotation, dim: number, stream: RandomStream): Matrix {
  const gaussian = Matrix.from1DArray(dim, dim, stream.gaussian(dim * dim));
  return kind === 'gaussian' ? gaussian : haarOf(gaussian);
}

/**
 * The orthogonal factor of a Gaussian matrix, its columns signed so that the triangular factor has a positive diagonal: only
 * then is it drawn evenly (Mezzadri, "How to generate random matrices from the classical compact groups", 2007).
 */
function haarOf(gaussian: Matrix): Matrix {
  const decomposition = new QrDecomposition(gaussian);
  const q = decomposition.orthogonalMatrix;
  const r = decomposition.upperTriangularMatrix;
  for (let column = 0; column < q.columns; column++) if (r.get(column, column) < 0) q.mulColumn(column, -1);
  return q;
}
