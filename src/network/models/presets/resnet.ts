import { z } from 'zod';
import { definePreset, type ModelPreset } from '../preset.ts';
import { type ResnetConfig, resnet } from '../resnet.ts';
import { statisticsOption } from './batch-norm.ts';
import { CIFAR, IMAGENET, imageInputOf, type Pictures, pictureOf, SMALL_GREY } from './pictures.ts';

/** What distinguishes the sizes. */
type Size = Pick<ResnetConfig, 'stages' | 'stem'>;

/** ResNet18's four stages of two blocks. */
const stagesOf = (...widths: number[]) => widths.map((width) => ({ width, blocks: 2 }));

const RESNET18: Size = { stages: stagesOf(64, 128, 256, 512), stem: 'large' };
const SMALL_IMAGES: Size = { ...RESNET18, stem: 'small' };
const PICO: Size = { stages: stagesOf(4, 8, 16, 32), stem: 'small' };

function resnetPreset(
  name: string,
  summary: string,
  size: Size,
  original: Pictures,
  paperBatch?: number,
): ModelPreset {
  return definePreset(name, {
    summary,
    dataKind: 'images',
    contextLength: null,
    ...imageInputOf(original),
    ...(paperBatch === undefined ? {} : { paperBatch }),
    options: z.strictObject({ norm: statisticsOption() }),
    build: (data, { norm }) => {
      const model = resnet(name, { ...size, ...pictureOf(name, data, original), norm });
      // D.1: all parameter blocks but those of BatchNorm layers.
      return paperBatch === undefined ? model : { ...model, selections: { paper: 'all' } };
    },
  });
}

/** Residual networks. */
export const RESNET_PRESETS: Readonly<Record<string, ModelPreset>> = {
  'resnet18-pico': resnetPreset(
    'resnet18-pico',
    'a ResNet18 for small images: a sixteenth of the channels, 3 x 3 stem without pooling',
    PICO,
    SMALL_GREY,
  ),
  'resnet18-cifar': resnetPreset(
    'resnet18-cifar',
    'ResNet18 for images of 32 x 32: 3 x 3 stem without pooling, 11M parameters',
    SMALL_IMAGES,
    CIFAR,
  ),
  resnet18: resnetPreset(
    'resnet18',
    "the paper's ResNet18, torchvision's: 12M parameters",
    RESNET18,
    IMAGENET,
    1024,
  ),
};
