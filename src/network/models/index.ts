/** The registry of models: presets by name. A family has its presets in one file of `presets/` and its line here. */
import type { ModelPreset } from './preset.ts';
import { BERT_PRESETS } from './presets/bert.ts';
import { GPT_PRESETS } from './presets/gpt.ts';
import { MAMBA_PRESETS } from './presets/mamba.ts';
import { MIXER_PRESETS } from './presets/mixer.ts';
import { MLP_PRESETS } from './presets/mlp.ts';
import { RESNET_PRESETS } from './presets/resnet.ts';
import { VGG_PRESETS } from './presets/vgg.ts';
import { VIT_PRESETS } from './presets/vit.ts';

export { type DataShape, describeOptions, type ModelOptions, type ModelPreset } from './preset.ts';

export const MODEL_PRESETS: Readonly<Record<string, ModelPreset>> = {
  ...GPT_PRESETS,
  ...BERT_PRESETS,
  ...MAMBA_PRESETS,
  ...RESNET_PRESETS,
  ...VGG_PRESETS,
  ...VIT_PRESETS,
  ...MIXER_PRESETS,
  ...MLP_PRESETS,
};
