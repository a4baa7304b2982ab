import { z } from 'zod';
import { definePreset, type ModelPreset } from '../preset.ts';
import { type VggConfig, vgg } from '../vgg.ts';
import { normOption, statisticsOption } from './batch-norm.ts';
import { CIFAR, IMAGENET, imageInputOf, type Pictures, pictureOf, SMALL_GREY } from './pictures.ts';

/** What distinguishes the sizes. */
type Size = Pick<VggConfig, 'stages' | 'pooledSide' | 'hiddenWidths' | 'linearDeviation'>;

/** Configuration D of Simonyan and Zisserman (2015). */
const STAGES = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
];
/** torchvision's. */
const LINEAR_DEVIATION = 0.01;
const VGG16: Size = {
  stages: STAGES,
  pooledSide: 7,
  hiddenWidths: [4096, 4096],
  linearDeviation: LINEAR_DEVIATION,
};
/** What is left of 32 x 32 is one place, and one linear layer reads it. */
const SMALL_IMAGES: Size = {
  stages: STAGES,
  pooledSide: 1,
  hiddenWidths: [],
  linearDeviation: LINEAR_DEVIATION,
};
const PICO: Size = {
  stages: [
    [4, 4],
    [8, 8],
    [16, 16, 16],
    [32, 32, 32],
  ],
  pooledSide: 1,
  hiddenWidths: [64, 64],
  // A layer of 64 features passes on as much as VGG16's of 4,096: with 0.01 nearly nothing would be left.
  linearDeviation: LINEAR_DEVIATION * Math.sqrt(4096 / 64),
};

/** torchvision's rate. */
const DROPOUT = 0.5;

/** What a preset states besides its name. */
interface Facts {
  readonly size: Size;
  readonly original: Pictures;
  readonly norm: ReturnType<typeof normOption> | ReturnType<typeof statisticsOption>;
  readonly paperBatch?: number;
}

function vggPreset(name: string, summary: string, { size, original, norm, paperBatch }: Facts): ModelPreset {
  return definePreset(name, {
    summary,
    dataKind: 'images',
    contextLength: null,
    ...imageInputOf(original),
    ...(paperBatch === undefined ? {} : { paperBatch }),
    options: z.strictObject({ norm }),
    build: (data, options) => {
      const pictures = pictureOf(name, data, original);
      const model = vgg(name, { ...size, ...pictures, norm: options.norm, dropout: DROPOUT });
      // D.1: all parameter blocks but those of BatchNorm layers.
      return paperBatch === undefined ? model : { ...model, selections: { paper: 'all' } };
    },
  });
}

/** VGG networks. */
export const VGG_PRESETS: Readonly<Record<string, ModelPreset>> = {
  'vgg16-pico': vggPreset(
    'vgg16-pico',
    'a VGG for small images: four of its stages, a sixteenth of the channels, linear layers of 64',
    { size: PICO, original: SMALL_GREY, norm: normOption('none') },
  ),
  'vgg16-cifar': vggPreset(
    'vgg16-cifar',
    'VGG16 for images of 32 x 32: BatchNorm, one linear layer, 15M parameters',
    { size: SMALL_IMAGES, original: CIFAR, norm: normOption('batch') },
  ),
  vgg16: vggPreset('vgg16', "the paper's VGG16, torchvision's vgg16: 138M parameters", {
    size: VGG16,
    original: IMAGENET,
    norm: normOption('none'),
    paperBatch: 1024,
  }),
  'vgg16-bn': vggPreset('vgg16-bn', "torchvision's vgg16_bn: VGG16 with BatchNorm, 138M parameters", {
    size: VGG16,
    original: IMAGENET,
    norm: statisticsOption(),
    paperBatch: 1024,
  }),
};
