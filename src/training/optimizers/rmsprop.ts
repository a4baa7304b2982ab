import { runKernel } from '../../vector/kernels.ts';
import type { Optimizer } from './optimizer.ts';
import { stateOf } from './optimizer.ts';
import { requireDecayRate, requireNotNegative } from './settings.ts';

export interface RmspropSettings {
  /** Of the moving average of squared gradients; alpha in PyTorch. */
  readonly beta2: number;
  readonly epsilon: number;
  readonly momentum: number;
}

/**
 * RMSProp as PyTorch has it: v is a moving average of the squared gradient, u <- momentum u + g / (sqrt(v) + epsilon),
 * w <- w - rate u.
 *
 * @throws UserError when beta_2 or the momentum is not in [0, 1) or epsilon is negative.
 */
export function rmsprop({
  beta2 = 0.99,
  epsilon = 1e-8,
  momentum = 0,
}: Partial<RmspropSettings> = {}): Optimizer {
  requireDecayRate('beta2', beta2);
  requireDecayRate('momentum', momentum);
  requireNotNegative('epsilon', epsilon);
  return {
    name: 'rmsprop',
    settings: { beta2, epsilon, momentum },
    state: { secondMoment: 'element', ...(momentum > 0 ? { momentum: 'element' as const } : {}) },
    update(update) {
      const { values, gradient, learningRate } = update;
      const v = stateOf(update, 'secondMoment');
      const scalars = [beta2, learningRate, epsilon];
      if (momentum === 0) runKernel('rmsprop', [values, v, gradient], scalars);
      else {
        const u = stateOf(update, 'momentum');
        runKernel('rmspropMomentum', [values, v, u, gradient], [...scalars, momentum]);
      }
    },
  };
}
