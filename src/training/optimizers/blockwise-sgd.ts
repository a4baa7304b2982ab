import { UserError } from '../../errors.ts';
import type { Optimizer } from './optimizer.ts';
import { requireNotNegative } from './settings.ts';
import { type SgdSettings, sgd } from './sgd.ts';

export interface BlockwiseSgdSettings extends SgdSettings {
  /** By which the learning rate is multiplied in each block, by the parameters' names. */
  readonly factors: Readonly<Record<string, number>>;
}

/**
 * SGD with one learning rate for each block: what the paper's theory says would close much of the gap to Adam (the
 * discussion after Theorem 1). A block without a factor keeps the common rate.
 *
 * @throws UserError when there is no factor at all, or one that is negative or not finite.
 */
export function blockwiseSgd({
  factors = {},
  momentum = 0.9,
}: Partial<BlockwiseSgdSettings> = {}): Optimizer {
  if (Object.keys(factors).length === 0)
    throw new UserError("blockwise-sgd: expected 'factors' of the learning rate by parameter, found none");
  for (const [name, factor] of Object.entries(factors)) requireNotNegative(`factors.${name}`, factor);
  const common = sgd({ momentum });
  return {
    name: 'blockwise-sgd',
    settings: { momentum, factors },
    state: common.state,
    update(update) {
      const factor = factors[update.name] ?? 1;
      common.update({ ...update, learningRate: factor * update.learningRate });
    },
  };
}
