/** The ends of a matrix' spectrum with their eigenvectors, and the loss along them. */
import { type Eigenpair, extremeEigenpairs } from '../../spectrum/index.ts';
import type { Engine } from '../../tensor/engine/engine.ts';
import { type LossSlice, sliceAlong } from './loss-slice.ts';
import { type MatrixFacts, type OnProducts, type OpenMatrix, withMatrix } from './matrix.ts';
import type { EigenpairsRequest } from './request.ts';

export interface Eigenpairs extends MatrixFacts {
  /** The largest first. */
  readonly largest: readonly Eigenpair[];
  /** The least first. */
  readonly least: readonly Eigenpair[];
  /** Lanczos steps taken. */
  readonly steps: number;
  readonly hasConverged: boolean;
  /** The loss along each eigenvector, the largest first, then the least; empty where it was not asked for. */
  readonly slices: readonly LossSlice[];
  /** Blocks with their shapes, in the order of a vector's elements. */
  readonly layout: OpenMatrix['selected'];
}

/**
 * Finds them.
 *
 * @returns null when `onProducts` ended the work.
 * @throws UserError for a request that does not fit, or more pairs than there are.
 */
export function measureEigenpairs(
  request: EigenpairsRequest,
  engine: Engine,
  onProducts: OnProducts = async () => true,
): Promise<Eigenpairs | null> {
  return withMatrix(request, engine, { together: 1, onProducts }, async (matrix) => {
    const { count, steps, tolerance, seed, slices } = request;
    const pairs = await extremeEigenpairs(matrix.operator, {
      count,
      steps: Math.min(steps, matrix.operator.dim),
      tolerance,
      seed,
    });
    const named = [
      ...pairs.largest.map((pair, index) => ({ pair, name: `largest ${index + 1}` })),
      ...pairs.least.map((pair, index) => ({ pair, name: `least ${index + 1}` })),
    ];
    return {
      ...matrix.facts,
      ...pairs,
      slices: slices ? await sliceAlong(named, matrix, request.slicePoints) : [],
      layout: matrix.selected,
    };
  });
}
