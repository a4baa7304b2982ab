import { z } from 'zod';
import { UserError } from '../../../errors.ts';
import { type GptConfig, gpt } from '../gpt.ts';
import { definePreset, type ModelPreset } from '../preset.ts';
import { contextOption } from './sequences.ts';

const NANO: Omit<GptConfig, 'vocabularySize'> = {
  layers: 6,
  heads: 6,
  width: 384,
  contextLength: 256,
  bias: false,
  gelu: 'none',
  tied: true,
  scaledProjections: 'both',
  dropout: 0.2,
};
const PICO: Omit<GptConfig, 'vocabularySize'> = {
  ...NANO,
  layers: 2,
  heads: 4,
  width: 64,
  contextLength: 64,
};
/** The small Transformers whose whole Hessian the paper shows (D.2). */
const TINY: Omit<GptConfig, 'vocabularySize' | 'layers'> = {
  ...NANO,
  heads: 2,
  width: 4,
  hiddenWidth: 4,
  norms: false,
  contextLength: 2,
  dropout: 0,
};
const GPT2: GptConfig = {
  layers: 12,
  heads: 12,
  width: 768,
  contextLength: 1024,
  vocabularySize: 50257,
  bias: true,
  gelu: 'tanh',
  tied: true,
  scaledProjections: 'both',
  dropout: 0.1,
};
const GPT2_PAPER: GptConfig = {
  ...GPT2,
  vocabularySize: 50304,
  bias: false,
  gelu: 'none',
  scaledProjections: 'mlp',
  dropout: 0,
};

const OPTIONS = z.strictObject({
  tied: z.boolean().default(true).describe('true or false: whether the output layer is the embedding'),
});

/** Tokens that a sequence of the small decoders may be set to. */
const LONGEST = GPT2.contextLength;

/** Sequences of 1,024 tokens that make the 245,760 tokens of GPT2's batch (D.1). */
const GPT2_BATCH = 245_760 / 1_024;
/** Sequences of 256 tokens that make the 163,840 tokens of GPT2-nano's batch (D.1). */
const NANO_BATCH = 163_840 / 256;

/** A decoder whose vocabulary comes from the data. */
function fittedGpt(
  name: string,
  summary: string,
  config: Omit<GptConfig, 'vocabularySize'>,
  paper: { readonly batch?: number; readonly blocks?: string } = {},
): ModelPreset {
  return definePreset(name, {
    summary,
    dataKind: 'text',
    contextLength: config.contextLength,
    tokenizer: 'character',
    ...(paper.batch === undefined ? {} : { paperBatch: paper.batch }),
    options: OPTIONS.extend({ contextLength: contextOption(LONGEST, config.contextLength) }),
    build: ({ vocabularySize }, { tied, contextLength }) => {
      if (vocabularySize === undefined)
        throw new Error(`${name}: expected the data's vocabulary size, found none`);
      const model = gpt(name, { ...config, vocabularySize, tied, contextLength });
      return paper.blocks === undefined ? model : { ...model, selections: { paper: paper.blocks } };
    },
  });
}

/** The decoder of D.2, with as many layers as are asked for. */
function tinyGpt(name: string, summary: string): ModelPreset {
  return definePreset(name, {
    summary,
    dataKind: 'text',
    contextLength: TINY.contextLength,
    tokenizer: 'character',
    options: OPTIONS.extend({
      layers: z.int().min(1).max(8).default(2).describe('a whole number up to 8; the paper has 2, 4 and 8'),
    }),
    build: ({ vocabularySize }, { tied, layers }) => {
      if (vocabularySize === undefined)
        throw new Error(`${name}: expected the data's vocabulary size, found none`);
      const model = gpt(name, { ...TINY, layers, vocabularySize, tied });
      return { ...model, selections: { paper: 'transformer.h.*' } };
    },
  });
}

/** A decoder with GPT-2's vocabulary. */
function fixedGpt(name: string, summary: string, config: GptConfig): ModelPreset {
  return definePreset(name, {
    summary,
    dataKind: 'text',
    contextLength: config.contextLength,
    tokenizer: 'gpt2',
    paperBatch: GPT2_BATCH,
    options: OPTIONS.extend({ contextLength: contextOption(config.contextLength) }),
    build: ({ vocabularySize = 0 }, { tied, contextLength }) => {
      if (vocabularySize > config.vocabularySize)
        throw new UserError(
          `${name}: expected at most ${config.vocabularySize} distinct tokens, found ${vocabularySize}; choose another tokenizer`,
        );
      return { ...gpt(name, { ...config, tied, contextLength }), selections: { paper: paperBlocks(tied) } };
    },
  });
}

/** Embedding, output, attention and MLP of layers 1, 4, 8 and 12 (D.1); a tied output is the embedding. */
function paperBlocks(tied: boolean): string {
  const layers = [1, 4, 8, 12].map((layer) => `transformer.h.${layer - 1}.*`);
  return ['transformer.wte', ...(tied ? [] : ['lm_head']), ...layers].join(',');
}

/** Decoders in nanoGPT's layout. */
export const GPT_PRESETS: Readonly<Record<string, ModelPreset>> = {
  'gpt-tiny': tinyGpt(
    'gpt-tiny',
    'the decoder of which the paper shows the whole Hessian: width 4, context 2, no LayerNorm',
  ),
  'gpt-pico': fittedGpt(
    'gpt-pico',
    'a decoder small enough for demonstrations: 2 layers, width 64, context 64',
    PICO,
  ),
  'gpt-nano': fittedGpt(
    'gpt-nano',
    "the paper's GPT2-nano: 6 layers, width 384, context 256, 11M parameters",
    NANO,
    { batch: NANO_BATCH, blocks: 'even' },
  ),
  gpt2: fixedGpt('gpt2', "Hugging Face's gpt2: biases, vocabulary 50,257, tanh GELU, 124M parameters", GPT2),
  'gpt2-paper': fixedGpt(
    'gpt2-paper',
    "the paper's GPT2: no biases, vocabulary 50,304, exact GELU, 124M parameters",
    GPT2_PAPER,
  ),
};
