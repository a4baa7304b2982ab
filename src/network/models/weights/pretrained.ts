/** What presets made from a `config.json` share. */
import { z } from 'zod';
import type { TokenizerName } from '../../data/tokenizers/tokenizer.ts';

/** What a folder tells of its model besides `config.json`. */
export interface PretrainedFacts {
  /** What the model is called in records. */
  readonly name: string;
  /** The `tokenizer.json` beside it, if there is one. */
  readonly tokenizer?: TokenizerName | undefined;
  /** What stands in `preprocessor_config.json`, if there is one. */
  readonly preprocessor?: Readonly<Record<string, unknown>> | undefined;
}

/** The option to use shorter sequences than a model was trained for; the positions behind them are left out. */
export function contextOption(longest: number) {
  return z
    .int()
    .min(1)
    .max(longest)
    .default(longest)
    .describe(`a whole number up to ${longest}: tokens in a sequence`);
}
