import { UserError } from '../../errors.ts';
import type { Node } from '../../tensor/graph/node.ts';
import { adaptiveAveragePool, maxPool } from '../../tensor/ops/composites/pooling.ts';
import type { ImageShape } from '../data/dataset.ts';
import { BATCH_NORM_NOTES, type BatchNormStatistics, untrainedBatchNorm } from '../layers/batch-norm.ts';
import { convolution } from '../layers/convolution.ts';
import { linear } from '../layers/linear.ts';
import { heNormalFanOut, normal } from './initialisation.ts';
import type { Model, ParameterSpec, Trace } from './model.ts';
import { denseParameters, normParameters } from './parameter-specs.ts';

export interface VggConfig {
  readonly image: ImageShape;
  readonly classes: number;
  /** Channels of the 3 x 3 convolutions of each stage; max pooling halves the extents after each stage. */
  readonly stages: readonly (readonly number[])[];
  /** What is left of the image is averaged to this side. */
  readonly pooledSide: number;
  /** Widths of the linear layers before the last one. */
  readonly hiddenWidths: readonly number[];
  /** Standard deviation that the linear layers' weights start with; 0.01 in torchvision. */
  readonly linearDeviation: number;
  /** Whether BatchNorm follows each convolution, and whose statistics it takes. */
  readonly norm: 'none' | BatchNormStatistics;
  /** Dropout rate after the hidden linear layers in training; curvature has none. */
  readonly dropout: number;
}

/** A 3 x 3 convolution with its channels, and the name of its BatchNorm. */
interface Convolution {
  readonly name: string;
  readonly normName: string;
  readonly inputs: number;
  readonly outputs: number;
}

/** A linear layer with its features. */
interface Dense {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
}

/**
 * torchvision's VGG: stages of 3 x 3 convolutions with ReLU and max pooling, average pooling to a fixed side, linear
 * layers with ReLU, and the mean cross-entropy of the class.
 * Batch: `images` [n, channels * height * width], `labels` int64 [n].
 *
 * @throws UserError when the images are too small for the pooling.
 */
export function vgg(name: string, config: VggConfig): Model {
  const { image, norm } = config;
  const stages = convolutionsOf(config);
  const denses = densesOf(config);
  const least = 2 ** stages.length;
  if (Math.min(image.height, image.width) < least)
    throw new UserError(
      `${name}: expected images of at least ${least} x ${least} pixels, since ${stages.length} poolings halve them, found ${image.height} x ${image.width}; choose other data or a smaller model`,
    );
  const convolutions = stages.flat();
  return {
    name,
    dataKind: 'images',
    config: { ...config },
    contextLength: null,
    ...(norm === 'none' ? {} : { notes: [BATCH_NORM_NOTES[norm]] }),
    parameters: [
      ...convolutions.flatMap((layer, index) => convolutionParameters(layer, index + 1, norm !== 'none')),
      ...denses.flatMap(({ name: dense, inputs, outputs }, index): ParameterSpec[] =>
        denseParameters(
          dense,
          [outputs, inputs],
          index === denses.length - 1 ? 'output' : 'linear',
          convolutions.length + index + 1,
          { weight: normal(config.linearDeviation) },
        ),
      ),
    ],
    loss: (trace) => vggLoss(trace, config, stages, denses),
  };
}

/** Named by their places in PyTorch's sequence of convolutions, BatchNorms, ReLUs and poolings. */
function convolutionsOf({ image, stages, norm }: VggConfig): Convolution[][] {
  let [place, inputs] = [0, image.channels];
  return stages.map((widths) => {
    const layers = widths.map((outputs): Convolution => {
      const layer = { name: `features.${place}`, normName: `features.${place + 1}`, inputs, outputs };
      place += norm === 'none' ? 2 : 3;
      inputs = outputs;
      return layer;
    });
    place++;
    return layers;
  });
}

/** Named by their places in PyTorch's sequence, where a ReLU and a dropout follow each but the last. */
function densesOf({ stages, pooledSide, hiddenWidths, classes }: VggConfig): Dense[] {
  const channels = stages.at(-1)?.at(-1) ?? 0;
  const widths = [channels * pooledSide ** 2, ...hiddenWidths, classes];
  return widths.slice(1).map((outputs, index) => ({
    name: hiddenWidths.length === 0 ? 'classifier' : `classifier.${3 * index}`,
    inputs: widths[index] as number,
    outputs,
  }));
}

function vggLoss(
  trace: Trace,
  { image, norm, pooledSide, dropout }: VggConfig,
  stages: readonly (readonly Convolution[])[],
  denses: readonly Dense[],
): Node {
  const { b, batch } = trace;
  let x = b.reshape(batch.images as Node, [-1, image.channels, image.height, image.width]);
  for (const stage of stages) {
    for (const { name, normName } of stage) {
      const convolved = convolution(trace, x, name, { padding: 1 });
      x = b.relu(norm === 'none' ? convolved : untrainedBatchNorm(trace, convolved, normName, norm));
    }
    x = maxPool(b, x, { kernel: 2 });
  }
  const pooled = adaptiveAveragePool(b, x, [pooledSide, pooledSide]);
  x = b.reshape(pooled, [x.type.shape[0] as number, -1]);
  for (const [index, { name }] of denses.entries()) {
    const output = linear(trace, x, name);
    x = index === denses.length - 1 ? output : trace.dropout(b.relu(output), dropout, name);
  }
  return b.reduceMean(b.crossEntropy(x, batch.labels as Node), [0]);
}

function convolutionParameters(
  { name, normName, inputs, outputs }: Convolution,
  layer: number,
  hasNorm: boolean,
): ParameterSpec[] {
  return [
    ...denseParameters(name, [outputs, inputs, 3, 3], 'conv', layer, { weight: heNormalFanOut(outputs, 9) }),
    ...(hasNorm ? normParameters(normName, outputs, layer) : []),
  ];
}
