import type { Optimizer } from './optimizer.ts';
import { stateOf } from './optimizer.ts';
import { requireDecayRate, requireEpsilonPlace, requireNotNegative } from './settings.ts';

export interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** `outside` the root as PyTorch has it, or `inside` as the paper prints it in Algorithm 2. */
  readonly epsilonAt: 'outside' | 'inside';
}

/** PyTorch's defaults. */
export const ADAM_DEFAULTS: AdamSettings = {
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  epsilonAt: 'outside',
};

/**
 * Adam with bias correction (the paper's Algorithm 2 without its line 4): m and v are moving averages of the gradient
 * and its square, w <- w - rate m^ / (sqrt(v^) + epsilon).
 *
 * @throws UserError when a beta is not in [0, 1) or epsilon is negative.
 */
export function adam(given: Partial<AdamSettings> = {}): Optimizer {
  const settings = { ...ADAM_DEFAULTS, ...given };
  const { beta1, beta2, epsilon, epsilonAt } = settings;
  requireDecayRate('beta1', beta1);
  requireDecayRate('beta2', beta2);
  requireNotNegative('epsilon', epsilon);
  requireEpsilonPlace(epsilonAt);
  const [outside, inside] = epsilonAt === 'outside' ? [epsilon, 0] : [0, epsilon];
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
