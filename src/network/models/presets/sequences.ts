/** What presets of sequence models share. */
import { z } from 'zod';

/** The option to use shorter sequences than a model was trained for; the positions behind them are left out. */
export function contextOption(longest: number) {
  return z
    .int()
    .min(1)
    .max(longest)
    .default(longest)
    .describe(`a whole number up to ${longest}: tokens in a sequence`);
}
