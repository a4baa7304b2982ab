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
      for (let i = 0; i < values.length; i++) {
        const g = gradient[i]!;
        const first = beta1 * m[i]! + (1 - beta1) * g;
        const second = beta2 * v[i]! + (1 - beta2) * g * g;
        m[i] = first;
        v[i] = second;
        // A coordinate whose gradient has always been zero stays: 0/0 without epsilon.
        if (first !== 0)
          values[i] = values[i]! - (rate * first) / (Math.sqrt(second * perSecond + inside) + outside);
      }
    },
  };
}
