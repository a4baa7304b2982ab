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
