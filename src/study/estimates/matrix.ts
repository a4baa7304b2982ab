import type { LossLandscape } from '../../curvature/loss-landscape.ts';
import type { CurvatureOperator } from '../../curvature/operator.ts';
import type { CurvatureKind } from '../../curvature/products/index.ts';
import { UserError } from '../../errors.ts';
import type { ParameterSpec } from '../../network/models/model.ts';
import type { ParameterValues } from '../../network/models/parameters.ts';
import type { LinearOperator, Vector } from '../../spectrum/index.ts';
import type { Engine } from '../../tensor/engine/engine.ts';
import { columnsPerRun } from '../spectrum/plan.ts';
import { openSubject } from '../spectrum/prepare.ts';
import { spectrumRequestOf } from '../spectrum/request.ts';
import { curvatureOf } from '../spectrum/subject.ts';
import type { EstimateRequest } from './request.ts';

/** Told how many products are done. The work ends when it answers false. */
export type OnProducts = (done: number) => Promise<boolean>;

/** How an estimator takes its products. */
export interface ProductOptions {
  /** Vectors that it multiplies at once. */
  readonly together: number;
  readonly onProducts: OnProducts;
}

/** Of what an estimate is. */
export interface MatrixFacts {
  readonly model: string;
  readonly parameterCount: number;
  readonly data: string;
  readonly curvature: CurvatureKind;
  /** The selected blocks. */
  readonly blocks: readonly string[];
  /** Rows of the matrix. */
  readonly dim: number;
  readonly loss: number;
}

/** The matrix of the selected blocks together, ready for products. */
export interface OpenMatrix {
  readonly facts: MatrixFacts;
  /** The blocks, in the order of the rows. */
  readonly selected: readonly ParameterSpec[];
  readonly operator: LinearOperator;
  /** The parameters at which it is taken. */
  readonly parameters: ParameterValues;
  readonly landscape: LossLandscape;
}

/** Thrown through an estimator when its work is to end. */
class Stopped extends Error {}

/**
 * Does work on the matrix that a request chooses, and frees what it took.
 *
 * @returns null when `onProducts` ended it.
 * @throws UserError for a request that does not fit, or one that selects no block.
 */
export async function withMatrix<Result>(
  request: EstimateRequest,
  engine: Engine,
  { together, onProducts }: ProductOptions,
  work: (matrix: OpenMatrix) => Promise<Result>,
): Promise<Result | null> {
  const wanted = spectrumRequestOf(request);
  const subject = await openSubject(wanted);
  const { model, data, parameterCount } = subject;
  const chosen = new Set(subject.selected);
  const selected = model.parameters.filter((parameter) => chosen.has(parameter));
  if (selected.length === 0)
    throw new UserError(`'blocks': expected blocks of ${model.name}, found none in '${request.blocks}'.`);
  const curvature = curvatureOf(subject, wanted, engine);
  const landscape = curvature.landscape();
  try {
    const loss = await curvature.loss();
    const isWhole = selected.length === model.parameters.length;
    const operator = isWhole ? curvature.whole() : curvature.group('selected blocks', selected);
    // The planner's bound for probes that advance together; no matrix is formed.
    await operator.setColumnsPerRun(columnsPerRun(operator, { ...wanted, probes: together, exactUpTo: 0 }));
    const blocks = selected.map(({ name }) => name);
    const facts = { model: model.name, parameterCount, data: data.description, curvature: request.curvature };
    return await work({
      facts: { ...facts, blocks, dim: operator.dim, loss },
      selected,
      operator: watched(operator, onProducts),
      parameters: curvature.parameters,
      landscape,
    });
  } catch (error) {
    if (error instanceof Stopped) return null;
    throw error;
  } finally {
    await landscape.release();
    await curvature.release();
  }
}

/** Tells of products as they are done, few at a time. */
function watched(operator: CurvatureOperator, onProducts: OnProducts): LinearOperator {
  const { name, dim, precision, columnsPerRun: size } = operator;
  let done = 0;
  const matmat = async (columns: readonly Vector[]) => {
    const products: Vector[] = [];
    for (let first = 0; first < columns.length; first += size) {
      products.push(...(await operator.matmat(columns.slice(first, first + size))));
      done += Math.min(size, columns.length - first);
      if (!(await onProducts(done))) throw new Stopped();
    }
    return products;
  };
  return { name, dim, precision, matmat };
}

/** The parts of a flat vector by their parameters' names. */
export function byParameter(
  vector: Vector,
  selected: readonly ParameterSpec[],
): { readonly parameter: ParameterSpec; readonly values: Vector }[] {
  let start = 0;
  return selected.map((parameter) => {
    const size = parameter.shape.reduce((product, extent) => product * extent, 1);
    start += size;
    return { parameter, values: vector.subarray(start - size, start) };
  });
}
