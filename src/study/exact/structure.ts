/** How block-diagonal a matrix is. */
import type { ParameterGroup } from './groups.ts';

/** The blocks of a matrix in numbers; rows and columns are groups. */
export interface BlockStructure {
  /** Mean |entry| of each block, as the paper's Figure 2 shows it. */
  readonly meanAbsolute: readonly (readonly number[])[];
  /** The squared Frobenius norm of each block. */
  readonly squaredNorms: readonly (readonly number[])[];
  /** Share of the squared norm that lies in the diagonal blocks; null for a matrix that is zero. */
  readonly diagonalShare: number | null;
  /** What that share is for a matrix whose entries are all alike: sum of d_l^2 / d^2. */
  readonly structurelessShare: number;
}

/** @param entries of the matrix, row by row. */
export function blockStructure(
  entries: Float64Array,
  dim: number,
  groups: readonly Pick<ParameterGroup, 'start' | 'size'>[],
): BlockStructure {
  const blocks = groups.map((rows) => groups.map((columns) => sumsOf(entries, dim, rows, columns)));
  const squaredNorms = blocks.map((row) => row.map(({ squares }) => squares));
  const total = squaredNorms.flat().reduce((sum, value) => sum + value, 0);
  const diagonal = squaredNorms.reduce((sum, row, index) => sum + (row[index] ?? 0), 0);
  return {
    meanAbsolute: blocks.map((row, i) =>
      row.map(({ absolute }, j) => absolute / ((groups[i]?.size ?? 1) * (groups[j]?.size ?? 1))),
    ),
    squaredNorms,
    diagonalShare: total > 0 ? diagonal / total : null,
    structurelessShare: groups.reduce((sum, { size }) => sum + (size / dim) ** 2, 0),
  };
}

function sumsOf(
  entries: Float64Array,
  dim: number,
  rows: Pick<ParameterGroup, 'start' | 'size'>,
  columns: Pick<ParameterGroup, 'start' | 'size'>,
): { readonly absolute: number; readonly squares: number } {
  let [absolute, squares] = [0, 0];
  for (let i = rows.start; i < rows.start + rows.size; i++)
    for (let j = columns.start; j < columns.start + columns.size; j++) {
      const entry = entries[i * dim + j] as number;
      absolute += Math.abs(entry);
      squares += entry * entry;
    }
  return { absolute, squares };
}
