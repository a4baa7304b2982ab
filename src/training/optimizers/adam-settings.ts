/** What Adam and its relatives have in common. */
import { requireDecayRate, requireEpsilonPlace, requireNotNegative } from './settings.ts';

export interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** `outside` the root as PyTorch has it, or `inside` as the paper prints it in Algorithm 2. */
  readonly epsilonAt: 'outside' | 'inside';
}

/** PyTorch's. */
const DEFAULTS: AdamSettings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, epsilonAt: 'outside' };

/** Settings with what they mean: a second moment v is divided by as sqrt(v + inside) + outside. */
export interface ResolvedAdamSettings extends AdamSettings {
  readonly settings: Readonly<Record<keyof AdamSettings, number | string>>;
  readonly inside: number;
  readonly outside: number;
}

/**
 * Fills in defaults.
 * @param allowsBeta2One whether the second moment may stay what it was at first.
 * @throws UserError when a beta is out of its range, epsilon is negative or stands nowhere.
 */
export function adamSettings(given: Partial<AdamSettings>, allowsBeta2One = false): ResolvedAdamSettings {
  const settings = { ...DEFAULTS, ...given };
  const { beta1, beta2, epsilon, epsilonAt } = settings;
  requireDecayRate('beta1', beta1);
  requireDecayRate('beta2', beta2, allowsBeta2One);
  requireNotNegative('epsilon', epsilon);
  requireEpsilonPlace(epsilonAt);
  const isInside = epsilonAt === 'inside';
  return { ...settings, settings, inside: isInside ? epsilon : 0, outside: isInside ? 0 : epsilon };
}
