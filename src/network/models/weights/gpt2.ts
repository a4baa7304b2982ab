/**
 * GPT-2 checkpoints of Hugging Face.
 *
 * Linear layers are stored by its Conv1D as [in, out], and query, key and value as one tensor `c_attn` of [in, 3 out]
 * (https://github.com/huggingface/transformers, models/gpt2/modeling_gpt2.py).
 */
import { z } from 'zod';
import { type GptConfig, gpt } from '../gpt.ts';
import type { ModelPreset } from '../preset.ts';
import type { HuggingFaceConfig } from './huggingface-config.ts';
import { parseConfig } from './huggingface-config.ts';
import type { StoredPart, WeightLayout } from './layout.ts';
import { languagePreset, type PretrainedFacts } from './pretrained.ts';

const positive = z.int().positive();

/** What hesscope's decoder can be; anything else that GPT-2's class offers is refused. */
const schema = z.looseObject({
  n_layer: positive,
  n_head: positive,
  n_embd: positive,
  n_positions: positive.default(1024),
  vocab_size: positive.default(50257),
  n_inner: positive.nullish(),
  activation_function: z.enum(['gelu_new', 'gelu', 'gelu_pytorch_tanh']).default('gelu_new'),
  layer_norm_epsilon: z.literal(1e-5).default(1e-5),
  resid_pdrop: z.number().default(0.1),
  scale_attn_weights: z.literal(true).default(true),
  scale_attn_by_inverse_layer_idx: z.literal(false).default(false),
  add_cross_attention: z.literal(false).default(false),
  tie_word_embeddings: z.boolean().default(true),
});

/**
 * The model that a GPT-2 configuration describes.
 * @throws UserError when the configuration asks for what the decoder does not have.
 */
export function gpt2Preset(
  config: HuggingFaceConfig,
  { name, tokenizer = 'gpt2' }: PretrainedFacts,
): ModelPreset {
  return languagePreset('GPT-2', 'text', config, { name, tokenizer }, gpt2Config(config), gpt);
}

function gpt2Config(config: HuggingFaceConfig): GptConfig {
  const values = parseConfig(
    config,
    schema
      .refine(({ n_inner, n_embd }) => n_inner == null || n_inner === 4 * n_embd, {
        path: ['n_inner'],
        message: 'expected four times n_embd',
      })
      .refine(({ n_embd, n_head }) => n_embd % n_head === 0, {
        path: ['n_embd'],
        message: 'expected a multiple of n_head',
      }),
  );
  return {
    layers: values.n_layer,
    heads: values.n_head,
    width: values.n_embd,
    contextLength: values.n_positions,
    vocabularySize: values.vocab_size,
    bias: true,
    gelu: values.activation_function === 'gelu' ? 'none' : 'tanh',
    tied: values.tie_word_embeddings,
    scaledProjections: 'both',
    dropout: values.resid_pdrop,
  };
}

const FUSED = ['query', 'key', 'value'];

/** The part of a layer's parameter after `transformer.h.<n>.`, as GPT-2 stores it. */
const LAYER_PARTS: Readonly<Record<string, { readonly stored: string; readonly transposed: boolean }>> = {
  ln_1: { stored: 'ln_1', transposed: false },
  'attn.proj': { stored: 'attn.c_proj', transposed: true },
  ln_2: { stored: 'ln_2', transposed: false },
  'mlp.fc': { stored: 'mlp.c_fc', transposed: true },
  'mlp.proj': { stored: 'mlp.c_proj', transposed: true },
};

export const GPT2_LAYOUT: WeightLayout = {
  title: "Hugging Face's GPT-2",
  partsOf: ({ name }) => {
    if (name === 'lm_head.weight') return [{ names: [name] }];
    const whole = /^transformer\.((?:wte|wpe|ln_f)\.(?:weight|bias))$/.exec(name)?.[1];
    if (whole !== undefined)
      return [{ names: withAndWithoutPrefix(whole), positions: whole === 'wpe.weight' }];
    const match = /^transformer\.(h\.\d+)\.(.+)\.(weight|bias)$/.exec(name);
    if (!match) return null;
    const part = storedPart(match[1] as string, match[2] as string, match[3] as string);
    return part && [part];
  },
  mayLack: () => false,
  isBuffer: (tensor) => /\.attn\.(masked_)?bias$/.test(tensor),
};

function storedPart(layer: string, part: string, kind: string): StoredPart | null {
  const isWeight = kind === 'weight';
  const index = FUSED.indexOf(part.replace('attn.', ''));
  if (index >= 0)
    return {
      names: withAndWithoutPrefix(`${layer}.attn.c_attn.${kind}`),
      transposed: isWeight,
      stretch: { index, of: FUSED.length },
    };
  const known = LAYER_PARTS[part];
  if (!known) return null;
  return {
    names: withAndWithoutPrefix(`${layer}.${known.stored}.${kind}`),
    transposed: isWeight && known.transposed,
  };
}

/** A checkpoint of the decoder alone has no prefix, one with its output layer has. */
function withAndWithoutPrefix(name: string): string[] {
  return [`transformer.${name}`, name];
}
