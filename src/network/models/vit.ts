import type { Node } from '../../tensor/graph/node.ts';
import type { ImageShape } from '../data/dataset.ts';
import { attention } from '../layers/attention.ts';
import { layerNorm } from '../layers/layer-norm.ts';
import { linear } from '../layers/linear.ts';
import { patchCount, patchEmbedding } from '../layers/patches.ts';
import { normal, pytorchLinear } from './initialisation.ts';
import type { BlockKind, Model, ParameterSpec, Trace } from './model.ts';
import { denseParameters, normParameters, parameter } from './parameter-specs.ts';

export interface VitConfig {
  readonly image: ImageShape;
  /** Side of a patch in pixels. */
  readonly patch: number;
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  /** Width of the MLP's hidden layer, four times `width` in timm. */
  readonly hiddenWidth: number;
  readonly classes: number;
  /** Added to the variance in every LayerNorm; 1e-6 in timm. */
  readonly epsilon: number;
  /** Whether query, key and value are one parameter, as in timm, or three. */
  readonly qkv: 'apart' | 'fused';
}

/** timm's deviation of linear weights and of the position embedding; its cut at -2 and 2 lies 100 deviations out. */
const WEIGHT_DEVIATION = 0.02;
/** timm's deviation of the class token. */
const CLASS_TOKEN_DEVIATION = 1e-6;

/**
 * timm's vision transformer: patches by a convolution, a class token, learned positions, pre-LayerNorm, exact GELU, and
 * the mean cross-entropy of the class that the last layer's class token predicts.
 * Batch: `images` [n, channels * height * width], `labels` int64 [n].
 *
 * @throws UserError when the patches do not tile the images.
 */
export function vit(name: string, config: VitConfig): Model {
  if (config.width % config.heads !== 0)
    throw new Error(`${name}: expected a width divisible by ${config.heads} heads, found ${config.width}`);
  const { width, patch, image, classes } = config;
  const positions = patchCount(name, config) + 1;
  // A convolution keeps PyTorch's own initialisation in timm.
  const convolution = pytorchLinear(image.channels * patch * patch);
  return {
    name,
    dataKind: 'images',
    config: { ...config },
    contextLength: null,
    parameters: [
      parameter('cls_token', [1, 1, width], 'class-token', null, normal(CLASS_TOKEN_DEVIATION)),
      parameter('pos_embed', [1, positions, width], 'embedding', null, normal(WEIGHT_DEVIATION)),
      ...denseParameters('patch_embed.proj', [width, image.channels, patch, patch], 'patch-embedding', null, {
        weight: convolution,
        bias: convolution,
      }),
      ...Array.from({ length: config.layers }, (_, index) => layerParameters(config, index)).flat(),
      ...normParameters('norm', width, null),
      ...denseParameters('head', [classes, width], 'output', null, { weight: normal(WEIGHT_DEVIATION) }),
    ],
    loss: (trace) => vitLoss(trace, config, positions),
  };
}

function vitLoss(trace: Trace, config: VitConfig, positions: number): Node {
  const { b, parameters, batch } = trace;
  const { width } = config;
  const images = batch.images as Node;
  const count = images.type.shape[0] as number;
  const patches = b.reshape(patchEmbedding(trace, images, 'patch_embed.proj', config), [
    count,
    positions - 1,
    width,
  ]);
  const classToken = b.broadcast(parameters.cls_token as Node, [count, 1, width]);
  const placed = b.add(b.concat([classToken, patches], 1), parameters.pos_embed as Node);
  let x = b.reshape(placed, [count * positions, width]);
  for (let index = 0; index < config.layers; index++) x = vitLayer(trace, x, index, count, positions, config);
  const last = b.sliceAxis(b.reshape(x, [count, positions, width]), 1, 0, 1);
  // The norm acts on each row alone, so only the rows that are used need it.
  const final = layerNorm(trace, b.reshape(last, [count, width]), 'norm', config.epsilon);
  return b.reduceMean(b.crossEntropy(linear(trace, final, 'head'), batch.labels as Node), [0]);
}

function vitLayer(
  trace: Trace,
  input: Node,
  index: number,
  count: number,
  positions: number,
  config: VitConfig,
): Node {
  const { b } = trace;
  const name = `blocks.${index}`;
  const size = { sequences: count, contextLength: positions, heads: config.heads, width: config.width };
  const rows = attentionRows(
    trace,
    layerNorm(trace, input, `${name}.norm1`, config.epsilon),
    `${name}.attn`,
    config,
  );
  const mixed = attention(trace, rows, size, null, { rate: 0, site: `${name}.attn` });
  const x = b.add(input, linear(trace, mixed, `${name}.attn.proj`));
  const normed = layerNorm(trace, x, `${name}.norm2`, config.epsilon);
  const hidden = b.gelu(linear(trace, normed, `${name}.mlp.fc1`));
  return b.add(x, linear(trace, hidden, `${name}.mlp.fc2`));
}

/** Query, key and value rows; a fused projection holds them one after the other. */
function attentionRows(
  trace: Trace,
  x: Node,
  name: string,
  { qkv, width }: VitConfig,
): readonly [Node, Node, Node] {
  if (qkv === 'apart')
    return [
      linear(trace, x, `${name}.query`),
      linear(trace, x, `${name}.key`),
      linear(trace, x, `${name}.value`),
    ];
  const rows = linear(trace, x, `${name}.qkv`);
  const part = (position: number) => trace.b.sliceAxis(rows, 1, position * width, (position + 1) * width);
  return [part(0), part(1), part(2)];
}

function layerParameters({ width, hiddenWidth, qkv }: VitConfig, index: number): ParameterSpec[] {
  const name = `blocks.${index}`;
  const layer = index + 1;
  const dense = (suffix: string, shape: [number, number], kind: BlockKind) =>
    denseParameters(`${name}.${suffix}`, shape, kind, layer, { weight: normal(WEIGHT_DEVIATION) });
  return [
    ...normParameters(`${name}.norm1`, width, layer),
    ...(qkv === 'fused'
      ? dense('attn.qkv', [3 * width, width], 'query-key-value')
      : (['query', 'key', 'value'] as const).flatMap((kind) => dense(`attn.${kind}`, [width, width], kind))),
    ...dense('attn.proj', [width, width], 'attention-projection'),
    ...normParameters(`${name}.norm2`, width, layer),
    ...dense('mlp.fc1', [hiddenWidth, width], 'mlp-fc'),
    ...dense('mlp.fc2', [width, hiddenWidth], 'mlp-projection'),
  ];
}
