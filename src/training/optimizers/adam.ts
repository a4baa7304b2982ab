import { runKernel } from '../../vector/kernels.ts';
import { type AdamSettings, adamSettings } from './adam-settings.ts';
import type { Optimizer } from './optimizer.ts';
import { stateOf } from './optimizer.ts';

/**
 * Adam with bias correction (the paper's Algorithm 2 without its line 4): m and v are moving averages of the gradient
 * and its square, w <- w - rate m^ / (sqrt(v^) + epsilon).
 *
 * @throws UserError when a beta is not in [0, 1) or epsilon is negative.
 */
export function adam(given: Partial<AdamSettings> = {}): Optimizer {
  const { settings, beta1, beta2, inside, outside } = adamSettings(given);
  return {
    name: 'adam',
    settings,
    state: { firstMoment: 'element', secondMoment: 'element' },
    update(update) {
      const { values, gradient, learningRate, step } = update;
      const m = stateOf(update, 'firstMoment');
      const v = stateOf(update, 'secondMoment');
      const rate = learningRate / (1 - beta1 ** step);
      const perSecond = 1 / (1 - beta2 ** step);
      // A coordinate whose gradient has always been zero stays: 0/0 without epsilon.
      runKernel('adam', [values, m, v, gradient], [beta1, beta2, rate, perSecond, inside, outside]);
    },
  };
}
