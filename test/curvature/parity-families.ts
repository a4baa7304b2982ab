/** The families of parity cases: how a case's configuration becomes a model, and what its batches are. */
import type { Dataset } from '../../src/network/data/dataset.ts';
import { bert } from '../../src/network/models/bert.ts';
import { gpt } from '../../src/network/models/gpt.ts';
import { mamba } from '../../src/network/models/mamba.ts';
import { mixer } from '../../src/network/models/mixer.ts';
import { mlp } from '../../src/network/models/mlp.ts';
import type { Model } from '../../src/network/models/model.ts';
import { type ResnetConfig, resnet } from '../../src/network/models/resnet.ts';
import { type VggConfig, vgg } from '../../src/network/models/vgg.ts';
import { vit } from '../../src/network/models/vit.ts';

/** The settings of a case, as its program wrote them. */
export type Settings = Readonly<Record<string, unknown>>;

/** What all data sets have in common. */
type Shared = Pick<Dataset, 'name' | 'description' | 'batchSize' | 'microBatchCount' | 'microBatch'>;

interface Family {
  readonly model: (name: string, settings: Settings) => Model;
  readonly dataset: (settings: Settings, shared: Shared) => Dataset;
}

export const FAMILIES: Readonly<Record<string, Family>> = {
  mlp: {
    model: (name, settings) =>
      mlp(name, {
        sizes: settings.sizes as number[],
        outputScale: number(settings, 'outputScale'),
        scaleLogits: settings.scaleLogits as boolean,
      }),
    dataset: ({ sizes }, shared) => ({
      ...shared,
      kind: 'images',
      featureCount: (sizes as number[])[0] as number,
      classCount: (sizes as number[]).at(-1) as number,
    }),
  },
  gpt: {
    model: (name, settings) =>
      gpt(name, {
        ...transformer(settings),
        bias: settings.bias as boolean,
        gelu: settings.gelu === 'tanh' ? 'tanh' : 'none',
        tied: settings.tied as boolean,
        scaledProjections: 'both',
        dropout: 0.1,
        norms: settings.norms !== false,
        ...(settings.hidden === undefined ? {} : { hiddenWidth: number(settings, 'hidden') }),
      }),
    dataset: (settings, shared) => ({ ...shared, kind: 'text', ...tokens(settings) }),
  },
  bert: {
    model: (name, settings) =>
      bert(name, {
        ...transformer(settings),
        hiddenWidth: number(settings, 'hidden'),
        tied: settings.tied as boolean,
        epsilon: number(settings, 'epsilon'),
        dropout: 0.1,
      }),
    dataset: (settings, shared) => ({ ...shared, kind: 'masked-language', ...tokens(settings) }),
  },
  vit: {
    model: (name, settings) =>
      vit(name, {
        ...picture(settings),
        heads: number(settings, 'heads'),
        hiddenWidth: number(settings, 'hidden'),
        epsilon: number(settings, 'epsilon'),
        qkv: settings.fused ? 'fused' : 'apart',
      }),
    dataset: pictures,
  },
  mixer: {
    model: (name, settings) =>
      mixer(name, {
        ...picture(settings),
        tokenWidth: number(settings, 'tokenHidden'),
        channelWidth: number(settings, 'channelHidden'),
        head: 'random',
      }),
    dataset: pictures,
  },
  resnet: {
    model: (name, settings) => {
      const [widths, blocks] = [settings.widths as number[], settings.blocks as number[]];
      return resnet(name, {
        image: imageShape(settings),
        classes: number(settings, 'classes'),
        stages: widths.map((width, stage) => ({ width, blocks: blocks[stage] as number })),
        stem: settings.stem as ResnetConfig['stem'],
        norm: settings.norm as ResnetConfig['norm'],
      });
    },
    dataset: pictures,
  },
  vgg: {
    model: (name, settings) =>
      vgg(name, {
        image: imageShape(settings),
        classes: number(settings, 'classes'),
        stages: settings.stages as number[][],
        pooledSide: number(settings, 'pooledSide'),
        hiddenWidths: settings.hidden as number[],
        linearDeviation: 0.01,
        norm: settings.norm as VggConfig['norm'],
        dropout: 0.5,
      }),
    dataset: pictures,
  },
  mamba: {
    model: (name, settings) =>
      mamba(name, {
        layers: number(settings, 'layers'),
        width: number(settings, 'width'),
        expansion: number(settings, 'expansion'),
        stateSize: number(settings, 'state'),
        kernel: number(settings, 'kernel'),
        contextLength: number(settings, 'context'),
        vocabularySize: number(settings, 'vocabulary'),
        tied: settings.tied as boolean,
      }),
    dataset: (settings, shared) => ({ ...shared, kind: 'text', ...tokens(settings) }),
  },
};

function number(settings: Settings, key: string): number {
  const value = settings[key];
  if (typeof value !== 'number')
    throw new Error(`expected a number '${key}', found ${JSON.stringify(value)}`);
  return value;
}

function transformer(settings: Settings) {
  return {
    layers: number(settings, 'layers'),
    heads: number(settings, 'heads'),
    width: number(settings, 'width'),
    contextLength: number(settings, 'context'),
    vocabularySize: number(settings, 'vocabulary'),
  };
}

function imageShape(settings: Settings) {
  const [channels, height, width] = ['channels', 'height', 'width'].map((key) => number(settings, key));
  return { channels: channels as number, height: height as number, width: width as number };
}

function picture(settings: Settings) {
  return {
    image: imageShape(settings),
    patch: number(settings, 'patch'),
    layers: number(settings, 'layers'),
    width: number(settings, 'features'),
    classes: number(settings, 'classes'),
  };
}

function pictures(settings: Settings, shared: Shared): Dataset {
  const shape = imageShape(settings);
  return {
    ...shared,
    kind: 'images',
    featureCount: shape.channels * shape.height * shape.width,
    imageShape: shape,
    classCount: number(settings, 'classes'),
  };
}

/** What data sets of tokens state; the cases have tokens and no text. */
function tokens(settings: Settings) {
  const refuse = () => {
    throw new Error('a parity case has no text');
  };
  const vocabularySize = number(settings, 'vocabulary');
  return {
    vocabularySize,
    contextLength: number(settings, 'context'),
    tokenizer: {
      name: 'character' as const,
      vocabularySize,
      encode: refuse,
      decode: refuse,
      lastCut: refuse,
    },
  };
}
