import { runKernel } from '../../vector/kernels.ts';
import { dot } from '../../vector/vector.ts';
import { type AdamSettings, adamSettings } from './adam-settings.ts';
import type { Optimizer } from './optimizer.ts';
import { stateOf } from './optimizer.ts';

/**
 * Adam with one second moment for each block, the moving average of its mean squared gradient (Zhang et al., 2024,
 * "Adam-mini", with parameter tensors as blocks): what remains of Adam when only the blocks' scales are adapted to.
 *
 * @throws UserError when a beta is not in [0, 1) or epsilon is negative.
 */
export function adamMini(given: Partial<AdamSettings> = {}): Optimizer {
  const { settings, beta1, beta2, inside, outside } = adamSettings(given);
  return {
    name: 'adam-mini',
    settings,
    state: { firstMoment: 'element', secondMoment: 'block' },
    update(update) {
      const { values, gradient, learningRate, step } = update;
      const m = stateOf(update, 'firstMoment');
      const v = stateOf(update, 'secondMoment');
      const second = beta2 * v[0]! + ((1 - beta2) * dot(gradient, gradient)) / Math.max(gradient.length, 1);
      v[0] = second;
      const scale = Math.sqrt(second / (1 - beta2 ** step) + inside) + outside;
      const rate = scale > 0 ? learningRate / (1 - beta1 ** step) / scale : 0;
      runKernel('momentum', [values, m, gradient], [beta1, 1 - beta1, rate]);
    },
  };
}
