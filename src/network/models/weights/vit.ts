/**
 * Vision transformers: Hugging Face's checkpoints, whose names differ from those of timm, which hesscope's ViT has, and
 * timm's own, which keep query, key and value in one tensor
 * (https://github.com/huggingface/transformers, models/vit/modeling_vit.py; timm, models/vision_transformer.py).
 */
import { z } from 'zod';
import { UserError } from '../../../errors.ts';
import type { ImageInput } from '../../data/images.ts';
import { definePreset, type ModelPreset } from '../preset.ts';
import { type VitConfig, vit } from '../vit.ts';
import { type HuggingFaceConfig, parseConfig } from './huggingface-config.ts';
import type { StoredPart, WeightLayout } from './layout.ts';
import type { PretrainedFacts } from './pretrained.ts';

const positive = z.int().positive();

/** What hesscope's vision transformer can be, with the defaults of Hugging Face's ViTConfig. */
const schema = z.looseObject({
  hidden_size: positive.default(768),
  num_hidden_layers: positive.default(12),
  num_attention_heads: positive.default(12),
  intermediate_size: positive.default(3072),
  hidden_act: z.literal('gelu').default('gelu'),
  layer_norm_eps: z.number().positive().default(1e-12),
  image_size: positive.default(224),
  patch_size: positive.default(16),
  num_channels: positive.default(3),
  qkv_bias: z.literal(true).default(true),
  id2label: z.record(z.string(), z.unknown()).optional(),
  num_labels: positive.optional(),
});

/** Hugging Face's default number of labels. */
const DEFAULT_LABELS = 2;

const channelValues = z.array(z.number()).min(1);
/** With the defaults of Hugging Face's ViTImageProcessor. */
const preprocessorSchema = z.looseObject({
  image_mean: channelValues.default([0.5]),
  image_std: channelValues.default([0.5]),
});

/**
 * The model that a ViT configuration describes. It takes images of its own size and number of channels, and at most as
 * many classes as it has.
 *
 * @throws UserError when the configuration asks for what the vision transformer does not have.
 */
export function vitPreset(config: HuggingFaceConfig, { name, preprocessor }: PretrainedFacts): ModelPreset {
  const settings = vitConfig(config);
  const { image, classes } = settings;
  return definePreset(name, {
    summary: `a vision transformer as ${config.path} describes it`,
    dataKind: 'images',
    contextLength: null,
    imageInput: imageInput(config, settings, preprocessor),
    options: z.strictObject({
      qkv: z
        .enum(['apart', 'fused'])
        .default('apart')
        .describe('apart or fused: whether query, key and value are three parameters or one'),
    }),
    build: (data, { qkv }) => {
      const found = data.imageShape;
      if (
        found !== undefined &&
        (['channels', 'height', 'width'] as const).some((side) => found[side] !== image[side])
      )
        throw new UserError(
          `${name}: expected images of ${image.channels} x ${image.height} x ${image.width} (channels, height, width), found ${found.channels} x ${found.height} x ${found.width}; take images in files, which are resized`,
        );
      if ((data.classCount ?? 0) > classes)
        throw new UserError(
          `${name}: expected at most ${classes} classes, found ${data.classCount}; take other data, or a checkpoint with as many`,
        );
      return vit(name, { ...settings, qkv });
    },
  });
}

function vitConfig(config: HuggingFaceConfig): Omit<VitConfig, 'qkv'> {
  const values = parseConfig(
    config,
    schema.refine(({ hidden_size, num_attention_heads }) => hidden_size % num_attention_heads === 0, {
      path: ['hidden_size'],
      message: 'expected a multiple of num_attention_heads',
    }),
  );
  const labels = values.id2label && Object.keys(values.id2label).length;
  return {
    image: { channels: values.num_channels, height: values.image_size, width: values.image_size },
    patch: values.patch_size,
    layers: values.num_hidden_layers,
    heads: values.num_attention_heads,
    width: values.hidden_size,
    hiddenWidth: values.intermediate_size,
    classes: labels ?? values.num_labels ?? DEFAULT_LABELS,
    epsilon: values.layer_norm_eps,
  };
}

function imageInput(
  config: HuggingFaceConfig,
  { image }: Pick<VitConfig, 'image'>,
  preprocessor: PretrainedFacts['preprocessor'],
): ImageInput {
  const result = preprocessorSchema.safeParse(preprocessor ?? {});
  if (!result.success)
    throw new UserError(
      `${config.path}: the preprocessor_config.json beside it: expected image_mean and image_std as lists of numbers; fetch it again`,
    );
  return { shape: image, mean: result.data.image_mean, deviation: result.data.image_std };
}

/** Where Hugging Face keeps what timm's ViT calls so, outside of layers. */
const WHOLE: Readonly<Record<string, string>> = {
  cls_token: 'vit.embeddings.cls_token',
  pos_embed: 'vit.embeddings.position_embeddings',
  'patch_embed.proj': 'vit.embeddings.patch_embeddings.projection',
  norm: 'vit.layernorm',
  head: 'classifier',
};

/** The same inside of a layer. */
const IN_LAYER: Readonly<Record<string, readonly string[]>> = {
  norm1: ['layernorm_before'],
  'attn.query': ['attention.attention.query'],
  'attn.key': ['attention.attention.key'],
  'attn.value': ['attention.attention.value'],
  'attn.qkv': ['attention.attention.query', 'attention.attention.key', 'attention.attention.value'],
  'attn.proj': ['attention.output.dense'],
  norm2: ['layernorm_after'],
  'mlp.fc1': ['intermediate.dense'],
  'mlp.fc2': ['output.dense'],
};

export const VIT_LAYOUT: WeightLayout = {
  title: "Hugging Face's ViT",
  partsOf: ({ name }) => {
    const [, stem, kind] = /^(.+?)(\.weight|\.bias)?$/.exec(name) as RegExpExecArray;
    const whole = WHOLE[stem as string];
    if (whole !== undefined) return [stored(`${whole}${kind ?? ''}`)];
    const match = /^blocks\.(\d+)\.(.+)$/.exec(stem as string);
    const parts = match && IN_LAYER[match[2] as string];
    return parts ? parts.map((part) => stored(`vit.encoder.layer.${match[1]}.${part}${kind}`)) : null;
  },
  mayLack: ({ name }) => name.startsWith('head.'),
  isBuffer: () => false,
};

function stored(name: string): StoredPart {
  return { names: [name, name.replace(/^vit\./, '')] };
}

/** timm's own checkpoints, for a model with query, key and value apart. */
export const TIMM_VIT_LAYOUT: WeightLayout = {
  title: "timm's ViT",
  partsOf: ({ name }) => {
    const index = ['query', 'key', 'value'].findIndex((part) => name.includes(`.attn.${part}.`));
    if (index < 0) return [{ names: [name] }];
    return [{ names: [name.replace(/\.attn\.\w+\./, '.attn.qkv.')], stretch: { index, of: 3 } }];
  },
  mayLack: () => false,
  isBuffer: () => false,
};
