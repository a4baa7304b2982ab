/** The diagonal of a matrix. */
import type { ParameterSpec } from '../../network/models/model.ts';
import { estimateDiagonal } from '../../spectrum/index.ts';
import type { Engine } from '../../tensor/engine/engine.ts';
import { byParameter, type MatrixFacts, type OnProducts, withMatrix } from './matrix.ts';
import type { DiagonalRequest } from './request.ts';

/** The diagonal of one block. */
export interface DiagonalBlock {
  readonly name: string;
  readonly shape: ParameterSpec['shape'];
  readonly mean: Float64Array;
  readonly standardError: Float64Array;
}

export interface Diagonal extends MatrixFacts {
  readonly diagonal: readonly DiagonalBlock[];
}

/**
 * Estimates it by Hutchinson's estimator with signs.
 *
 * @returns null when `onProducts` ended the work.
 * @throws UserError for a request that does not fit.
 */
export function measureDiagonal(
  request: DiagonalRequest,
  engine: Engine,
  onProducts: OnProducts = async () => true,
): Promise<Diagonal | null> {
  const { products, seed } = request;
  return withMatrix(request, engine, { together: 1, onProducts }, async ({ facts, selected, operator }) => {
    const { mean, standardError } = await estimateDiagonal(operator, { products, seed });
    const errors = byParameter(standardError, selected);
    return {
      ...facts,
      diagonal: byParameter(mean, selected).map(({ parameter, values }, index) => ({
        name: parameter.name,
        shape: parameter.shape,
        mean: values as Float64Array,
        standardError: errors[index]?.values as Float64Array,
      })),
    };
  });
}
