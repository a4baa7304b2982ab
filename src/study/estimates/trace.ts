/** The trace of a matrix. */
import { type Estimate, hutchPlusPlus } from '../../spectrum/index.ts';
import type { Engine } from '../../tensor/engine/engine.ts';
import { type MatrixFacts, type OnProducts, withMatrix } from './matrix.ts';
import type { TraceRequest } from './request.ts';

export interface Trace extends MatrixFacts {
  readonly trace: Estimate;
}

/**
 * Estimates it by Hutch++.
 *
 * @returns null when `onProducts` ended the work.
 * @throws UserError for a request that does not fit.
 */
export function measureTrace(
  request: TraceRequest,
  engine: Engine,
  onProducts: OnProducts = async () => true,
): Promise<Trace | null> {
  const { products, seed } = request;
  return withMatrix(
    request,
    engine,
    { together: Math.floor(products / 3), onProducts },
    async ({ facts, operator }) => ({
      ...facts,
      trace: await hutchPlusPlus(operator, { products, seed }),
    }),
  );
}
