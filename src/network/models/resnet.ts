import type { Node } from '../../tensor/graph/node.ts';
import { sizeOf } from '../../tensor/graph/type.ts';
import { maxPool } from '../../tensor/ops/composites/pooling.ts';
import type { ImageShape } from '../data/dataset.ts';
import { BATCH_NORM_NOTES, type BatchNormStatistics, untrainedBatchNorm } from '../layers/batch-norm.ts';
import { convolution } from '../layers/convolution.ts';
import { linear } from '../layers/linear.ts';
import { heNormalFanOut, pytorchLinear } from './initialisation.ts';
import type { Model, ParameterSpec, Trace } from './model.ts';
import { denseParameters, normParameters, parameter } from './parameter-specs.ts';

/** A stage: blocks of the same width. The first block of every stage but the first halves the extents. */
export interface ResnetStage {
  /** Channels. */
  readonly width: number;
  /** Residual blocks of two convolutions. */
  readonly blocks: number;
}

export interface ResnetConfig {
  readonly image: ImageShape;
  readonly classes: number;
  readonly stages: readonly ResnetStage[];
  /** `large`: 7 x 7 with stride 2, then max pooling, for ImageNet. `small`: 3 x 3 alone, for images of 32 x 32. */
  readonly stem: 'large' | 'small';
  readonly norm: BatchNormStatistics;
}

/** A residual block with its channels. */
interface Block {
  readonly name: string;
  /** 1-based, as in the names. */
  readonly stage: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: 1 | 2;
}

/**
 * torchvision's ResNets of basic blocks: BatchNorm after each convolution, ReLU, shortcuts by a 1 x 1 convolution where
 * the shape changes, the mean over what is left of the image, and the mean cross-entropy of the class.
 * Batch: `images` [n, channels * height * width], `labels` int64 [n].
 */
export function resnet(name: string, config: ResnetConfig): Model {
  const { image, classes, norm } = config;
  const blocks = blocksOf(config);
  const [first, last] = [blocks[0], blocks.at(-1)];
  if (!first || !last) throw new Error(`${name}: expected at least one block, found none`);
  return {
    name,
    dataKind: 'images',
    config: { ...config },
    contextLength: null,
    notes: [BATCH_NORM_NOTES[norm]],
    parameters: [
      weight('conv1', [first.inputs, image.channels, ...(config.stem === 'large' ? [7, 7] : [3, 3])], null),
      ...normParameters('bn1', first.inputs, null),
      ...blocks.flatMap(blockParameters),
      ...denseParameters('fc', [classes, last.outputs], 'output', null, {
        weight: pytorchLinear(last.outputs),
        bias: pytorchLinear(last.outputs),
      }),
    ],
    loss: (trace) => resnetLoss(trace, config, blocks),
  };
}

function blocksOf({ stages }: ResnetConfig): Block[] {
  return stages.flatMap(({ width, blocks }, stage) =>
    Array.from({ length: blocks }, (_, index): Block => {
      const isFirst = index === 0;
      return {
        name: `layer${stage + 1}.${index}`,
        stage: stage + 1,
        inputs: isFirst ? (stages[stage - 1]?.width ?? width) : width,
        outputs: width,
        stride: isFirst && stage > 0 ? 2 : 1,
      };
    }),
  );
}

function hasProjection({ inputs, outputs, stride }: Block): boolean {
  return inputs !== outputs || stride !== 1;
}

function resnetLoss(trace: Trace, { image, stem, norm }: ResnetConfig, blocks: readonly Block[]): Node {
  const { b, batch } = trace;
  const images = b.reshape(batch.images as Node, [-1, image.channels, image.height, image.width]);
  const isLarge = stem === 'large';
  const first = convolution(trace, images, 'conv1', isLarge ? { stride: 2, padding: 3 } : { padding: 1 });
  const entered = b.relu(untrainedBatchNorm(trace, first, 'bn1', norm));
  let x = isLarge ? maxPool(b, entered, { kernel: 3, stride: 2, padding: 1 }) : entered;
  for (const block of blocks) x = resnetBlock(trace, x, block, norm);
  const logits = linear(trace, b.reduceMean(x, [2, 3]), 'fc');
  return b.reduceMean(b.crossEntropy(logits, batch.labels as Node), [0]);
}

function resnetBlock(trace: Trace, x: Node, block: Block, norm: BatchNormStatistics): Node {
  const { b } = trace;
  const { name, stride } = block;
  const normed = (value: Node, layer: string) => untrainedBatchNorm(trace, value, `${name}.${layer}`, norm);
  const hidden = b.relu(normed(convolution(trace, x, `${name}.conv1`, { stride, padding: 1 }), 'bn1'));
  const branch = normed(convolution(trace, hidden, `${name}.conv2`, { padding: 1 }), 'bn2');
  const shortcut = hasProjection(block)
    ? normed(convolution(trace, x, `${name}.downsample.0`, { stride }), 'downsample.1')
    : x;
  return b.relu(b.add(branch, shortcut));
}

function blockParameters(block: Block): ParameterSpec[] {
  const { name, stage, inputs, outputs } = block;
  return [
    weight(`${name}.conv1`, [outputs, inputs, 3, 3], stage),
    ...normParameters(`${name}.bn1`, outputs, stage),
    weight(`${name}.conv2`, [outputs, outputs, 3, 3], stage),
    ...normParameters(`${name}.bn2`, outputs, stage),
    ...(hasProjection(block)
      ? [
          weight(`${name}.downsample.0`, [outputs, inputs, 1, 1], stage),
          ...normParameters(`${name}.downsample.1`, outputs, stage),
        ]
      : []),
  ];
}

function weight(name: string, shape: readonly number[], stage: number | null): ParameterSpec {
  const [outputs = 1, , ...kernel] = shape;
  const initial = heNormalFanOut(outputs, sizeOf(kernel));
  return parameter(`${name}.weight`, shape, 'conv', stage, initial);
}
