import { z } from 'zod';
import { UserError } from '../../../errors.ts';
import type { TokenizerName } from '../../data/tokenizers/tokenizer.ts';
import type { Model } from '../model.ts';
import { definePreset, type ModelPreset } from '../preset.ts';
import { contextOption } from '../presets/sequences.ts';
import type { HuggingFaceConfig } from './huggingface-config.ts';

/** What a folder tells of its model besides `config.json`. */
export interface PretrainedFacts {
  /** What the model is called in records. */
  readonly name: string;
  /** The `tokenizer.json` beside it, if there is one. */
  readonly tokenizer?: TokenizerName | undefined;
  /** What stands in `preprocessor_config.json`, if there is one. */
  readonly preprocessor?: Readonly<Record<string, unknown>> | undefined;
}

/** What a language model of a configuration must say of itself. */
interface LanguageSettings {
  readonly contextLength: number;
  readonly vocabularySize: number;
}

/**
 * The preset of a language model that a `config.json` describes. Its vocabulary is the configuration's; the data may use
 * less of it, and sequences may be shorter.
 *
 * @param family for the summary, such as `BERT`.
 * @param settings what `build` takes, the whole context length among it.
 */
export function languagePreset<Settings extends LanguageSettings>(
  family: string,
  dataKind: 'text' | 'masked-language',
  config: HuggingFaceConfig,
  { name, tokenizer }: Pick<PretrainedFacts, 'name'> & { readonly tokenizer: TokenizerName },
  settings: Settings,
  build: (name: string, settings: Settings) => Model,
): ModelPreset {
  return definePreset(name, {
    summary: `${family} as ${config.path} describes it`,
    dataKind,
    contextLength: settings.contextLength,
    tokenizer,
    options: z.strictObject({ contextLength: contextOption(settings.contextLength) }),
    build: ({ vocabularySize = 0 }, { contextLength }) => {
      if (vocabularySize > settings.vocabularySize)
        throw new UserError(
          `${name}: expected at most ${settings.vocabularySize} distinct tokens, found ${vocabularySize}; choose another tokenizer`,
        );
      return build(name, { ...settings, contextLength });
    },
  });
}
