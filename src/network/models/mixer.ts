import type { Node } from '../../tensor/graph/node.ts';
import type { ImageShape } from '../data/dataset.ts';
import { layerNorm } from '../layers/layer-norm.ts';
import { linear } from '../layers/linear.ts';
import { patchCount, patchEmbedding } from '../layers/patches.ts';
import { constant, lecunNormal, normal, xavierUniform } from './initialisation.ts';
import type { BlockKind, Model, ParameterSpec, Trace } from './model.ts';
import { denseParameters, normParameters } from './parameter-specs.ts';

export interface MixerConfig {
  readonly image: ImageShape;
  /** Side of a patch in pixels. */
  readonly patch: number;
  readonly layers: number;
  readonly width: number;
  /** Hidden width of the perceptron that mixes patches, and of the one that mixes channels. */
  readonly tokenWidth: number;
  readonly channelWidth: number;
  readonly classes: number;
  /** timm's head starts at zero; `random` starts it as the other linear layers. */
  readonly head: 'zero' | 'random';
}

/** timm's, added to the variance. */
const EPSILON = 1e-6;
/** timm's deviation of the biases of both perceptrons. */
const BIAS_DEVIATION = 1e-6;

const ZERO_HEAD =
  "The head starts at zero, as timm's does: the loss does not yet depend on what stands before the head, so all those blocks have a zero Hessian; 'head=random' starts it as the other linear layers.";
const RANDOM_HEAD = "The head starts as the other linear layers, not at zero as timm's does.";

/**
 * timm's MLP-Mixer: patches by a convolution, layers that mix patches and then channels, each by a perceptron with
 * exact GELU after a LayerNorm, the mean over patches, and the mean cross-entropy of the class.
 * Batch: `images` [n, channels * height * width], `labels` int64 [n].
 *
 * @throws UserError when the patches do not tile the images.
 */
export function mixer(name: string, config: MixerConfig): Model {
  const { width, patch, image, classes, head } = config;
  const patches = patchCount(name, config);
  return {
    name,
    dataKind: 'images',
    config: { ...config },
    contextLength: null,
    notes: [head === 'zero' ? ZERO_HEAD : RANDOM_HEAD],
    parameters: [
      ...denseParameters('stem.proj', [width, image.channels, patch, patch], 'patch-embedding', null, {
        weight: lecunNormal(image.channels * patch * patch),
      }),
      ...Array.from({ length: config.layers }, (_, index) => layerParameters(config, patches, index)).flat(),
      ...normParameters('norm', width, null),
      ...denseParameters('head', [classes, width], 'output', null, {
        weight: head === 'zero' ? constant(0) : xavierUniform(width, classes),
      }),
    ],
    loss: (trace) => mixerLoss(trace, config, patches),
  };
}

function mixerLoss(trace: Trace, config: MixerConfig, patches: number): Node {
  const { b, batch } = trace;
  const images = batch.images as Node;
  const count = images.type.shape[0] as number;
  let x = patchEmbedding(trace, images, 'stem.proj', config);
  for (let index = 0; index < config.layers; index++)
    x = mixerLayer(trace, x, index, [count, patches, config.width]);
  const final = b.reshape(layerNorm(trace, x, 'norm', EPSILON), [count, patches, config.width]);
  const logits = linear(trace, b.reduceMean(final, [1]), 'head');
  return b.reduceMean(b.crossEntropy(logits, batch.labels as Node), [0]);
}

/** x [count * patches, width] -> the same shape. */
function mixerLayer(
  trace: Trace,
  input: Node,
  index: number,
  [count, patches, width]: readonly [number, number, number],
): Node {
  const { b } = trace;
  const name = `blocks.${index}`;
  const normed = b.reshape(layerNorm(trace, input, `${name}.norm1`, EPSILON), [count, patches, width]);
  const byChannel = b.reshape(b.transpose(normed, [0, 2, 1]), [count * width, patches]);
  const mixed = b.reshape(perceptron(trace, byChannel, `${name}.mlp_tokens`), [count, width, patches]);
  const x = b.add(input, b.reshape(b.transpose(mixed, [0, 2, 1]), [count * patches, width]));
  const channels = layerNorm(trace, x, `${name}.norm2`, EPSILON);
  return b.add(x, perceptron(trace, channels, `${name}.mlp_channels`));
}

function perceptron(trace: Trace, x: Node, name: string): Node {
  return linear(trace, trace.b.gelu(linear(trace, x, `${name}.fc1`)), `${name}.fc2`);
}

function layerParameters(
  { width, tokenWidth, channelWidth }: MixerConfig,
  patches: number,
  index: number,
): ParameterSpec[] {
  const name = `blocks.${index}`;
  const layer = index + 1;
  const part = (suffix: string, size: number, hidden: number, kind: BlockKind) => {
    const initial = { weight: xavierUniform(size, hidden), bias: normal(BIAS_DEVIATION) };
    const second = denseParameters(`${name}.${suffix}.fc2`, [size, hidden], kind, layer, initial);
    return [
      ...denseParameters(`${name}.${suffix}.fc1`, [hidden, size], kind, layer, initial),
      // The second bias of the tokens adds the same number to all channels of a patch, which every LayerNorm takes out.
      ...second.map((spec) => ({ ...spec, inert: kind === 'token-mixing' && spec.kind === 'bias' })),
    ];
  };
  return [
    ...normParameters(`${name}.norm1`, width, layer),
    ...part('mlp_tokens', patches, tokenWidth, 'token-mixing'),
    ...normParameters(`${name}.norm2`, width, layer),
    ...part('mlp_channels', width, channelWidth, 'channel-mixing'),
  ];
}
