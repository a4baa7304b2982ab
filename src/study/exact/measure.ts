/** The dense Hessian of a model, by products with unit vectors. */
import type { CurvatureOperator } from '../../curvature/operator.ts';
import type { CurvatureKind } from '../../curvature/products/index.ts';
import { UserError } from '../../errors.ts';
import type { ParameterSpec } from '../../network/models/model.ts';
import { denseMatrix, type LinearOperator, symmetricEigenvalues } from '../../spectrum/index.ts';
import type { Engine } from '../../tensor/engine/engine.ts';
import { openSubject } from '../spectrum/prepare.ts';
import { spectrumRequestOf } from '../spectrum/request.ts';
import { curvatureOf } from '../spectrum/subject.ts';
import { groupParameters, type ParameterGroup } from './groups.ts';
import { embed, extract, piecesOf } from './pieces.ts';
import type { ExactRequest } from './request.ts';
import { type BlockStructure, blockStructure } from './structure.ts';

/** Products in one run of the tangent graph. */
const COLUMNS = 32;

/** A matrix with its blocks. */
export interface ExactHessian {
  readonly model: string;
  readonly parameterCount: number;
  readonly data: string;
  readonly curvature: CurvatureKind;
  readonly loss: number;
  readonly dim: number;
  /** Row by row, symmetric; rows and columns stand group by group. */
  readonly entries: Float64Array;
  /** Largest |H_ij - H_ji| before it was made symmetric, relative to the largest entry. */
  readonly asymmetry: number;
  /** Ascending. */
  readonly eigenvalues: Float64Array;
  readonly groups: readonly ParameterGroup[];
  readonly structure: BlockStructure;
}

/**
 * Forms the matrix.
 *
 * @param onColumns told how many of how many columns are there; the work ends with null when it answers false.
 * @throws UserError for a request that does not fit, or a matrix that is larger than was allowed.
 */
export async function exactHessian(
  request: ExactRequest,
  engine: Engine,
  onColumns: (done: number, dim: number) => Promise<boolean> = async () => true,
): Promise<ExactHessian | null> {
  const wanted = spectrumRequestOf(request);
  const subject = await openSubject(wanted);
  const groups = groupParameters(subject.selected, request.group);
  const dim = groups.reduce((sum, { size }) => sum + size, 0);
  requireFeasible(dim, request);
  const curvature = curvatureOf(subject, wanted, engine);
  try {
    const loss = await curvature.loss();
    const whole = curvature.whole();
    await whole.setColumnsPerRun(Math.min(COLUMNS, dim));
    const operator = restricted(whole, subject.model.parameters, groups, dim);
    let done = 0;
    const matrix = await denseMatrix(operator, COLUMNS, (count) => {
      done += count;
      return onColumns(done, dim);
    });
    await whole.release();
    if (!matrix) return null;
    return {
      model: subject.model.name,
      parameterCount: subject.parameterCount,
      data: subject.data.description,
      curvature: request.curvature,
      loss,
      dim,
      entries: matrix.entries,
      asymmetry: matrix.asymmetry,
      eigenvalues: symmetricEigenvalues(matrix.entries, dim),
      groups,
      structure: blockStructure(matrix.entries, dim, groups),
    };
  } finally {
    await curvature.release();
  }
}

function requireFeasible(dim: number, { largest, model, blocks }: ExactRequest): void {
  if (dim === 0) throw new UserError(`'blocks': expected blocks of ${model}, found none in '${blocks}'.`);
  if (dim > largest)
    throw new UserError(
      `The Hessian over '${blocks}' of ${model} has ${dim.toLocaleString('en')} rows, more than 'largest' allows (${largest.toLocaleString('en')}); choose fewer blocks, a smaller model, or raise it.`,
    );
}

/** The rows and columns of some parameters, in the order of the groups. */
function restricted(
  whole: CurvatureOperator,
  parameters: readonly ParameterSpec[],
  groups: readonly ParameterGroup[],
  dim: number,
): LinearOperator {
  const pieces = piecesOf(parameters, groups);
  return {
    name: 'exact Hessian',
    dim,
    precision: whole.precision,
    matmat: async (columns) => {
      const products = await whole.matmat(columns.map((column) => embed(column, pieces, whole.dim)));
      return products.map((product) => extract(product, pieces, dim));
    },
  };
}
