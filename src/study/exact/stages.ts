/** The exact Hessian at several moments of a training. */
import type { StageMoment } from '../spectrum/stages.ts';
import type { ExactHessian } from './measure.ts';

/** What is told of a stage. */
export interface ExactStage
  extends Omit<StageMoment, 'loss' | 'validationLoss'>,
    Pick<ExactHessian, 'loss' | 'structure'> {
  readonly groups: readonly { readonly name: string; readonly size: number }[];
  readonly leastEigenvalue: number;
  readonly largestEigenvalue: number;
}
