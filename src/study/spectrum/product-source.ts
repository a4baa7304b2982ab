/** Where the products of a measurement are made: in this process, or by others. */
import type { ModelCurvature, ResidualChoice } from '../../curvature/model-curvature.ts';
import type { BlockOperator, CurvatureOperator } from '../../curvature/operator.ts';
import { type ProductRound, roundsOf } from '../../curvature/sweep.ts';

export interface ProductSource {
  /** Makes ready for products with residuals that are held so; once, before all else. */
  open(residuals: ResidualChoice): Promise<void>;
  /** Mean loss over all micro-batches. @throws UserError when it is not finite. */
  loss(): Promise<number>;
  /** What jobs multiply by in the place of an operator. */
  operator(own: CurvatureOperator): BlockOperator;
  /** Makes products of several operators at once. */
  rounds(own: readonly CurvatureOperator[]): ProductRound;
}

/** Products of this process. */
export function ownProducts(curvature: ModelCurvature): ProductSource {
  return {
    open: () => curvature.linearizeAll(),
    loss: () => curvature.loss(),
    operator: (own) => own,
    rounds: (own) => roundsOf(curvature.primal, own),
  };
}

/** Thrown by products that others make, when whoever waits for them is to stop: nothing of the step has been done. */
export class ProductStopped extends Error {
  override readonly name = 'ProductStopped';
}

/** What work comes to; null when its products were not waited for. */
export async function unlessStopped<Result>(work: Promise<Result>): Promise<Result | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ProductStopped) return null;
    throw error;
  }
}
