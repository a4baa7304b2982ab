import { runKernel } from '../../vector/kernels.ts';
import { axpy } from '../../vector/vector.ts';
import type { Optimizer } from './optimizer.ts';
import { stateOf } from './optimizer.ts';
import { requireDecayRate } from './settings.ts';

export interface SgdSettings {
  /** beta_1 in the paper. */
  readonly momentum: number;
}

/**
 * Stochastic gradient descent with heavy-ball momentum (the paper's Algorithm 1, with m of the step before on the
 * right): m <- momentum m + g, w <- w - rate m. Without momentum it keeps no state.
 *
 * @throws UserError when the momentum is not in [0, 1).
 */
export function sgd({ momentum = 0.9 }: Partial<SgdSettings> = {}): Optimizer {
  requireDecayRate('momentum', momentum);
  return {
    name: 'sgd',
    settings: { momentum },
    state: momentum === 0 ? {} : { momentum: 'element' },
    update(update) {
      const { values, gradient, learningRate } = update;
      if (momentum === 0) {
        axpy(-learningRate, gradient, values);
        return;
      }
      runKernel('momentum', [values, stateOf(update, 'momentum'), gradient], [momentum, 1, learningRate]);
    },
  };
}
