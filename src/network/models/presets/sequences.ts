/** What presets of sequence models share. */
import { z } from 'zod';

/**
 * The option to use other sequences than a model's own, usually shorter ones; the positions behind them are left out.
 *
 * @param usual the length unless another is chosen; the longest unless given.
 */
export function contextOption(longest: number, usual = longest) {
  return z
    .int()
    .min(1)
    .max(longest)
    .default(usual)
    .describe(`a whole number up to ${longest}: tokens in a sequence`);
}
