import { z } from 'zod';
import { definePreset, type ModelPreset } from '../preset.ts';
import { type VitConfig, vit } from '../vit.ts';
import { IMAGENET, imageInputOf, patchOption, pictureOf, SMALL_GREY } from './pictures.ts';

/** What distinguishes the sizes. */
type Size = Pick<VitConfig, 'patch' | 'layers' | 'heads' | 'width'>;

/** timm's epsilon of LayerNorm. */
const EPSILON = 1e-6;

const BASE: Size = { patch: 16, layers: 12, heads: 12, width: 768 };
const SMALL: Size = { ...BASE, heads: 6, width: 384 };
const TINY: Size = { ...BASE, heads: 3, width: 192 };
const PICO: Size = { patch: 4, layers: 2, heads: 4, width: 64 };

function vitPreset(
  name: string,
  summary: string,
  size: Size,
  original: typeof IMAGENET,
  paper: { readonly batch?: number; readonly blocks?: string } = {},
): ModelPreset {
  return definePreset(name, {
    summary,
    dataKind: 'images',
    contextLength: null,
    ...imageInputOf(original),
    ...(paper.batch === undefined ? {} : { paperBatch: paper.batch }),
    options: z.strictObject({
      qkv: z
        .enum(['apart', 'fused'])
        .default('apart')
        .describe('apart or fused: whether query, key and value are three parameters or one'),
      patch: patchOption(size.patch),
    }),
    build: (data, { qkv, patch }) => {
      const { image, classes } = pictureOf(name, data, original);
      const hiddenWidth = 4 * size.width;
      const model = vit(name, { ...size, hiddenWidth, epsilon: EPSILON, patch, qkv, image, classes });
      return paper.blocks === undefined ? model : { ...model, selections: { paper: paper.blocks } };
    },
  });
}

/** Embedding, output, attention and MLP of layers 1, 6 and 12 (D.1), biases included. */
const PAPER_BLOCKS = ['patch_embed.proj.*', 'head.*', ...[1, 6, 12].map((layer) => `layer:${layer}`)].join(
  ',',
);

/** Vision transformers. */
export const VIT_PRESETS: Readonly<Record<string, ModelPreset>> = {
  'vit-pico': vitPreset(
    'vit-pico',
    'a vision transformer for small images: patches of 4 x 4, 2 layers, width 64',
    PICO,
    SMALL_GREY,
  ),
  'vit-tiny': vitPreset(
    'vit-tiny',
    "timm's vit_tiny_patch16_224: width 192, 5.7M parameters",
    TINY,
    IMAGENET,
  ),
  'vit-small': vitPreset(
    'vit-small',
    "timm's vit_small_patch16_224: width 384, 22M parameters",
    SMALL,
    IMAGENET,
  ),
  'vit-base': vitPreset(
    'vit-base',
    "the paper's ViT-base, timm's vit_base_patch16_224: width 768, 87M parameters",
    BASE,
    IMAGENET,
    { batch: 1024, blocks: PAPER_BLOCKS },
  ),
};
