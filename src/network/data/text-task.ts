/** What a model is to find in a text: the next token, the answers to prompts, or masked tokens. */
import { UserError } from '../../errors.ts';
import { answerDataset, type ExchangeSource } from './answers.ts';
import type { Cut, MaskedLanguageDataset, TextDataset } from './dataset.ts';
import { maskedLanguageDataset } from './masked-language.ts';
import { textDataset } from './text.ts';
import type { TextSource } from './text-source.ts';
import type { Tokenizer } from './tokenizers/tokenizer.ts';

/** How a text is cut into what is to be found. */
export interface TextTask extends Cut {
  /** Tokens in a sequence; required. */
  readonly contextLength?: number | undefined;
  /** The text's own characters unless given. */
  readonly tokenizer?: Tokenizer | undefined;
  /** The next token unless given. */
  readonly task?: 'next-token' | 'masked-language' | undefined;
  /** For masked tokens only: the seed of all that is drawn; 0 unless given. */
  readonly seed?: number | undefined;
}

/**
 * A text as micro-batches of a task; where its source knows prompts from answers, the answers are to be found.
 *
 * @throws UserError when no context length is given, a number is not a count, or the text holds too little.
 */
export async function textTask(
  source: TextSource,
  task: TextTask,
): Promise<TextDataset | MaskedLanguageDataset> {
  const { contextLength } = task;
  if (contextLength === undefined) {
    throw new UserError(
      `${source.name} is text: expected a context length (tokens in a sequence), found none; give one`,
    );
  }
  const options = { ...task, contextLength };
  if (task.task === 'masked-language') return maskedLanguageDataset(source, options);
  return hasExchanges(source) ? answerDataset(source, options) : textDataset(source, options);
}

const hasExchanges = (source: TextSource): source is ExchangeSource => source.exchanges !== undefined;
