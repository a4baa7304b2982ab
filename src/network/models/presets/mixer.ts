import { z } from 'zod';
import { type MixerConfig, mixer } from '../mixer.ts';
import { definePreset, type ModelPreset } from '../preset.ts';
import { IMAGENET, imageInputOf, type Pictures, patchOption, pictureOf, SMALL_GREY } from './pictures.ts';

/** What distinguishes the sizes. */
type Size = Pick<MixerConfig, 'patch' | 'layers' | 'width'>;

const BASE: Size = { patch: 16, layers: 12, width: 768 };
const SMALL: Size = { patch: 16, layers: 8, width: 512 };
const PICO: Size = { patch: 4, layers: 2, width: 64 };

function mixerPreset(name: string, summary: string, size: Size, original: Pictures): ModelPreset {
  return definePreset(name, {
    summary,
    dataKind: 'images',
    contextLength: null,
    ...imageInputOf(original),
    options: z.strictObject({
      head: z
        .enum(['zero', 'random'])
        .default('zero')
        .describe(
          "zero or random: how the output layer starts; zero, as timm's, makes all earlier blocks zero",
        ),
      patch: patchOption(size.patch),
    }),
    build: (data, { head, patch }) => {
      const { image, classes } = pictureOf(name, data, original);
      // The paper of the MLP-Mixer has half and four times the width in all sizes.
      const widths = { tokenWidth: size.width / 2, channelWidth: 4 * size.width };
      return mixer(name, { ...size, ...widths, patch, head, image, classes });
    },
  });
}

/** MLP-Mixers. */
export const MIXER_PRESETS: Readonly<Record<string, ModelPreset>> = {
  'mixer-pico': mixerPreset(
    'mixer-pico',
    'an MLP-Mixer for small images: patches of 4 x 4, 2 layers, width 64',
    PICO,
    SMALL_GREY,
  ),
  'mixer-small': mixerPreset(
    'mixer-small',
    "timm's mixer_s16_224: 8 layers, width 512, 19M parameters",
    SMALL,
    IMAGENET,
  ),
  'mixer-base': mixerPreset(
    'mixer-base',
    "the paper's MLP-Mixer, timm's mixer_b16_224: 12 layers, width 768, 60M parameters",
    BASE,
    IMAGENET,
  ),
};
