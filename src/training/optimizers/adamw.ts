import { adam } from './adam.ts';
import type { AdamSettings } from './adam-settings.ts';
import type { Optimizer } from './optimizer.ts';

/**
 * AdamW (the paper's Algorithm 2): Adam with decoupled weight decay. The decay itself, w <- w - rate lambda w before
 * the step, is the same for every optimizer and stands in `weight-decay.ts`; this one only decays by default.
 *
 * @throws UserError when a beta is not in [0, 1) or epsilon is negative.
 */
export function adamw(settings: Partial<AdamSettings> = {}): Optimizer {
  return { ...adam(settings), name: 'adamw' };
}
