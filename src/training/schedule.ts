/** How the learning rate changes over a training. */
import { UserError } from '../errors.ts';

export const SCHEDULES = ['constant', 'cosine', 'linear', 'step'] as const;

export interface ScheduleSettings {
  readonly kind: (typeof SCHEDULES)[number];
  /** Steps over which the rate rises linearly from near zero to its full value. */
  readonly warmupSteps: number;
  /** What `cosine` and `linear` end at, as a share of the full rate. */
  readonly finalFactor: number;
  /** `step` multiplies the rate by `decayFactor` after each `decayEverySteps`. */
  readonly decayFactor: number;
  readonly decayEverySteps: number;
}

export const CONSTANT: ScheduleSettings = {
  kind: 'constant',
  warmupSteps: 0,
  finalFactor: 0,
  decayFactor: 0.1,
  decayEverySteps: 1,
};

/**
 * The factor of the learning rate at a step.
 *
 * @param step 1 for the first.
 * @param totalSteps of the whole training, at which `cosine` and `linear` reach their final factor.
 * @throws UserError when the warm-up is longer than the training, or `step` has no positive interval.
 */
export function rateFactor(settings: ScheduleSettings, step: number, totalSteps: number): number {
  const { kind, warmupSteps, finalFactor, decayFactor, decayEverySteps } = settings;
  if (warmupSteps > totalSteps)
    throw new UserError(`expected a warm-up of at most all ${totalSteps} steps, found ${warmupSteps}`);
  if (step <= warmupSteps) return step / warmupSteps;
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
  switch (kind) {
    case 'constant':
      return 1;
    case 'linear':
      return 1 + (finalFactor - 1) * progress;
    case 'cosine':
      return finalFactor + ((1 - finalFactor) * (1 + Math.cos(Math.PI * progress))) / 2;
    case 'step':
      if (!(decayEverySteps >= 1))
        throw new UserError(`expected a decay every so many steps, at least 1, found ${decayEverySteps}`);
      return decayFactor ** Math.floor((step - 1) / decayEverySteps);
  }
}
