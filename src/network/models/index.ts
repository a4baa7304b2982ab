/** The registry of models: presets by name. A new model is one file beside this one and its lines here. */
import { type GptConfig, gpt } from './gpt.ts';
import { mlp, PAPER_MLP } from './mlp.ts';
import type { Model } from './model.ts';

/** What a preset takes from the data it will see. */
export interface DataShape {
  /** Number of distinct tokens; text only. */
  readonly vocabularySize?: number;
  /** Values of one image, and number of classes; images only. */
  readonly featureCount?: number;
  readonly classCount?: number;
}

/** Settings of a user's that change a preset. */
export interface ModelOverrides {
  /** The constant c of the paper's D.3; MLPs only. */
  readonly outputScale?: number;
}

export interface ModelPreset {
  /** One line for help and tables. */
  readonly summary: string;
  readonly dataKind: 'text' | 'images';
  /** Tokens in one sequence; null for images. */
  readonly contextLength: number | null;
  /** The tokenizer that the model is made for; text only. */
  readonly tokenizer?: 'character' | 'gpt2';
  create(data: DataShape, overrides?: ModelOverrides): Model;
}

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

/** A decoder whose vocabulary comes from the data. */
function fittedGpt(name: string, summary: string, config: Omit<GptConfig, 'vocabularySize'>): ModelPreset {
  return {
    summary,
    dataKind: 'text',
    contextLength: config.contextLength,
    tokenizer: 'character',
    create: ({ vocabularySize }) => {
      if (vocabularySize === undefined)
        throw new Error(`${name}: expected the data's vocabulary size, found none`);
      return gpt(name, { ...config, vocabularySize });
    },
  };
}

/** A decoder with GPT-2's vocabulary. */
function fixedGpt(name: string, summary: string, config: GptConfig): ModelPreset {
  return {
    summary,
    dataKind: 'text',
    contextLength: config.contextLength,
    tokenizer: 'gpt2',
    create: ({ vocabularySize = 0 }) => {
      if (vocabularySize > config.vocabularySize)
        throw new Error(
          `${name}: expected at most ${config.vocabularySize} distinct tokens, found ${vocabularySize}`,
        );
      return gpt(name, config);
    },
  };
}

export const MODEL_PRESETS: Readonly<Record<string, ModelPreset>> = {
  'gpt-pico': fittedGpt(
    'gpt-pico',
    'a decoder small enough for demonstrations: 2 layers, width 64, context 64',
    PICO,
  ),
  'gpt-nano': fittedGpt(
    'gpt-nano',
    "the paper's GPT2-nano: 6 layers, width 384, context 256, 11M parameters",
    NANO,
  ),
  gpt2: fixedGpt('gpt2', "Hugging Face's gpt2: biases, vocabulary 50,257, tanh GELU, 124M parameters", GPT2),
  'gpt2-paper': fixedGpt(
    'gpt2-paper',
    "the paper's GPT2: no biases, vocabulary 50,304, exact GELU, 124M parameters",
    GPT2_PAPER,
  ),
  mlp: {
    summary: "the paper's 4-layer MLP, 784-300-128-64-10, outputs times c",
    dataKind: 'images',
    contextLength: null,
    create: ({ featureCount = 784, classCount = 10 }, { outputScale = 1 } = {}) => {
      const sizes = [featureCount, ...PAPER_MLP.sizes.slice(1, -1), classCount];
      return mlp('mlp', { ...PAPER_MLP, sizes, outputScale });
    },
  },
};
