import { z } from 'zod';
import { UserError } from '../../../errors.ts';
import { type BertConfig, bert } from '../bert.ts';
import { definePreset, type ModelPreset } from '../preset.ts';
import { contextOption } from './sequences.ts';

/** What distinguishes the sizes. */
type Size = Pick<BertConfig, 'layers' | 'heads' | 'width' | 'contextLength'>;

/** Words and word pieces of bert-base-uncased. */
const BERT_VOCABULARY = 30_522;

const BASE: Size = { layers: 12, heads: 12, width: 768, contextLength: 512 };
/** The program that D.1 refers to: 2 layers of BERT-base's width on pairs of utterances of 64 tokens together. */
const PAPER: Size = { ...BASE, layers: 2, contextLength: 64 };
const PICO: Size = { layers: 2, heads: 4, width: 64, contextLength: 64 };

/** Sequences of 64 tokens that make the 327,680 tokens of BERT's batch (D.1). */
const PAPER_BATCH = 327_680 / PAPER.contextLength;

const OPTIONS = z.strictObject({
  tied: z
    .boolean()
    .default(true)
    .describe('true or false: whether masked tokens are decoded by the word embedding'),
});

function configOf(size: Size, vocabularySize: number, tied: boolean): BertConfig {
  return { ...size, hiddenWidth: 4 * size.width, vocabularySize, tied, epsilon: 1e-12, dropout: 0.1 };
}

/** An encoder with the vocabulary of bert-base-uncased. */
function fixedBert(name: string, summary: string, size: Size, paperBatch?: number): ModelPreset {
  return definePreset(name, {
    summary,
    dataKind: 'masked-language',
    contextLength: size.contextLength,
    tokenizer: 'bert',
    ...(paperBatch === undefined ? {} : { paperBatch }),
    options: OPTIONS.extend({ contextLength: contextOption(size.contextLength) }),
    build: ({ vocabularySize = 0 }, { tied, contextLength }) => {
      if (vocabularySize > BERT_VOCABULARY)
        throw new UserError(
          `${name}: expected at most ${BERT_VOCABULARY} distinct tokens, found ${vocabularySize}; choose another tokenizer`,
        );
      const model = bert(name, configOf({ ...size, contextLength }, BERT_VOCABULARY, tied));
      // D.1: all parameter blocks but those of LayerNorms.
      return paperBatch === undefined ? model : { ...model, selections: { paper: 'all' } };
    },
  });
}

/** Encoders with masked-language and next-sentence losses. */
export const BERT_PRESETS: Readonly<Record<string, ModelPreset>> = {
  'bert-pico': definePreset('bert-pico', {
    summary: 'a BERT small enough for demonstrations: 2 layers, width 64, context 64',
    dataKind: 'masked-language',
    contextLength: PICO.contextLength,
    tokenizer: 'character',
    options: OPTIONS,
    build: ({ vocabularySize }, { tied }) => {
      if (vocabularySize === undefined)
        throw new Error("bert-pico: expected the data's vocabulary size, found none");
      return bert('bert-pico', configOf(PICO, vocabularySize, tied));
    },
  }),
  'bert-40m': fixedBert(
    'bert-40m',
    "the paper's BERT: 2 layers, width 768, context 64, 39M parameters",
    PAPER,
    PAPER_BATCH,
  ),
  'bert-base': fixedBert(
    'bert-base',
    "Hugging Face's bert-base-uncased with both heads: 12 layers, width 768, 110M parameters",
    BASE,
  ),
};
