import type { LinearOperator, Vector } from './operator.ts';

export interface DenseMatrix {
  readonly dim: number;
  /** Row-major, exactly symmetric: the mean of the products' matrix and its transpose. */
  readonly entries: Float64Array;
  /** Largest |A_ij - A_ji| before that, relative to the largest |A_ij|: the rounding of the products. */
  readonly asymmetry: number;
}

/**
 * The matrix of an operator, column by column from its products with the unit vectors.
 *
 * @param columnsAtOnce how many products are asked for in one call.
 * @param onColumns is told how many columns were added; the work ends with null when it resolves to false.
 */
export async function denseMatrix(
  operator: LinearOperator,
  columnsAtOnce: number,
  onColumns: (count: number) => Promise<boolean> = async () => true,
): Promise<DenseMatrix | null> {
  const { dim } = operator;
  const columns = new Float64Array(dim * dim);
  for (let first = 0; first < dim; first += columnsAtOnce) {
    const count = Math.min(columnsAtOnce, dim - first);
    const vectors = Array.from({ length: count }, (_, i) => unitVector(operator, first + i));
    const products = await operator.matmat(vectors);
    for (const [i, product] of products.entries()) {
      if (!product.every(Number.isFinite)) throw await notFinite(operator, vectors[i]!, first + i);
      columns.set(product, (first + i) * dim);
    }
    if (!(await onColumns(count))) return null;
  }
  return symmetrised(columns, dim);
}

function unitVector({ dim, precision }: LinearOperator, at: number): Vector {
  const vector = precision === 'float32' ? new Float32Array(dim) : new Float64Array(dim);
  vector[at] = 1;
  return vector;
}

async function notFinite(operator: LinearOperator, vector: Vector, column: number): Promise<Error> {
  const cause = await operator.whyNotFinite?.(vector);
  return new Error(
    `${operator.name}: expected finite products, found NaN or infinity in column ${column} of its matrix${cause === undefined ? '' : `, ${cause}`}`,
  );
}

function symmetrised(columns: Float64Array, dim: number): DenseMatrix {
  let [largest, difference] = [0, 0];
  for (let i = 0; i < dim; i++)
    for (let j = 0; j <= i; j++) {
      const [a, b] = [columns[i * dim + j]!, columns[j * dim + i]!];
      difference = Math.max(difference, Math.abs(a - b));
      largest = Math.max(largest, Math.abs(a), Math.abs(b));
      columns[i * dim + j] = (a + b) / 2;
      columns[j * dim + i] = (a + b) / 2;
    }
  return { dim, entries: columns, asymmetry: largest === 0 ? 0 : difference / largest };
}
