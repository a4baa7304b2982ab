import { runKernel } from '../../vector/kernels.ts';
import { type AdamSettings, adamSettings } from './adam-settings.ts';
import type { Optimizer } from './optimizer.ts';
import { stateOf } from './optimizer.ts';

/**
 * Adam without bias correction (the paper's Algorithm 3): the moments start as the first gradient and its square
 * instead of zero, so nothing has to be corrected. beta_2 = 1 keeps the first gradient's scale for ever, and
 * epsilon = 0 is allowed, as section 3.1 has both; a coordinate whose second moment is zero then stays.
 *
 * @throws UserError when beta_1 is not in [0, 1), beta_2 not in [0, 1] or epsilon is negative.
 */
export function adamWithoutCorrection(given: Partial<AdamSettings> = {}): Optimizer {
  const { settings, beta1, beta2, inside, outside } = adamSettings(given, true);
  return {
    name: 'adam-without-correction',
    settings,
    state: { firstMoment: 'element', secondMoment: 'element' },
    update(update) {
      const { values, gradient, learningRate, step } = update;
      const m = stateOf(update, 'firstMoment');
      const v = stateOf(update, 'secondMoment');
      // The average of the first gradient with itself is that gradient: the first step is one with betas of zero.
      const [kept1, kept2]: [number, number] = step === 1 ? [0, 0] : [beta1, beta2];
      runKernel('adam', [values, m, v, gradient], [kept1, kept2, learningRate, 1, inside, outside]);
    },
  };
}
