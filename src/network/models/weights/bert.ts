/**
 * BERT checkpoints of Hugging Face, and of models with its encoder such as MiniLM.
 *
 * hesscope's BERT has the names of BertForPreTraining. Other classes store less or leave the prefix out, and checkpoints
 * that came from TensorFlow call LayerNorm's weight and bias gamma and beta
 * (https://github.com/huggingface/transformers, models/bert/modeling_bert.py).
 */
import { z } from 'zod';
import { type BertConfig, bert } from '../bert.ts';
import type { ModelPreset } from '../preset.ts';
import { type HuggingFaceConfig, parseConfig } from './huggingface-config.ts';
import type { WeightLayout } from './layout.ts';
import { languagePreset, type PretrainedFacts } from './pretrained.ts';

const positive = z.int().positive();

/** What hesscope's encoder can be, with the defaults of Hugging Face's BertConfig. */
const schema = z.looseObject({
  vocab_size: positive.default(30522),
  hidden_size: positive.default(768),
  num_hidden_layers: positive.default(12),
  num_attention_heads: positive.default(12),
  intermediate_size: positive.default(3072),
  hidden_act: z.literal('gelu').default('gelu'),
  hidden_dropout_prob: z.number().default(0.1),
  max_position_embeddings: positive.default(512),
  type_vocab_size: z.literal(2).default(2),
  layer_norm_eps: z.number().positive().default(1e-12),
  position_embedding_type: z.literal('absolute').default('absolute'),
  is_decoder: z.literal(false).default(false),
  tie_word_embeddings: z.boolean().default(true),
});

/**
 * The model that a BERT configuration describes, with both heads of its training.
 * @throws UserError when the configuration asks for what the encoder does not have.
 */
export function bertPreset(
  config: HuggingFaceConfig,
  { name, tokenizer = 'bert' }: PretrainedFacts,
): ModelPreset {
  return languagePreset('BERT', 'masked-language', config, { name, tokenizer }, bertConfig(config), bert);
}

function bertConfig(config: HuggingFaceConfig): BertConfig {
  const values = parseConfig(
    config,
    schema.refine(({ hidden_size, num_attention_heads }) => hidden_size % num_attention_heads === 0, {
      path: ['hidden_size'],
      message: 'expected a multiple of num_attention_heads',
    }),
  );
  return {
    layers: values.num_hidden_layers,
    heads: values.num_attention_heads,
    width: values.hidden_size,
    hiddenWidth: values.intermediate_size,
    contextLength: values.max_position_embeddings,
    vocabularySize: values.vocab_size,
    tied: values.tie_word_embeddings,
    epsilon: values.layer_norm_eps,
    dropout: values.hidden_dropout_prob,
  };
}

export const BERT_LAYOUT: WeightLayout = {
  title: "Hugging Face's BERT",
  partsOf: ({ name }) => {
    if (!/^(bert|cls)\./.test(name)) return null;
    const names = [name, name.replace(/^bert\./, '')];
    if (name === 'cls.predictions.bias') names.push('cls.predictions.decoder.bias');
    if (name.includes('LayerNorm.'))
      names.push(...names.map((known) => known.replace(/weight$/, 'gamma').replace(/bias$/, 'beta')));
    return [{ names, positions: name.endsWith('position_embeddings.weight') }];
  },
  mayLack: ({ name }) => /^(cls|bert\.pooler)\./.test(name),
  isBuffer: (tensor) => /(^|\.)embeddings\.(position|token_type)_ids$/.test(tensor),
};
