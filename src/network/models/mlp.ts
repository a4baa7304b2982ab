import type { FloatDType } from '../../tensor/graph/type.ts';
import { linear } from '../layers/linear.ts';
import { pytorchLinear } from './initialisation.ts';
import { lossOf } from './losses.ts';
import type { Model, ParameterSpec } from './model.ts';

export interface MlpConfig {
  /** Widths from the input's features to the classes. */
  readonly sizes: readonly number[];
  /** The constant c of the paper's D.3 that multiplies each layer's output. */
  readonly outputScale: number;
  /** Whether c multiplies the last layer's output, the logits, too. */
  readonly scaleLogits: boolean;
  /** Cross-entropy, or the squared error to ones and zeros; cross-entropy when left out. */
  readonly loss?: 'cross-entropy' | 'mse';
}

/** The paper's 4-layer MLP (Figure 5, D.3): 784-300-128-64-10. */
export const PAPER_MLP: MlpConfig = { sizes: [784, 300, 128, 64, 10], outputScale: 1, scaleLogits: true };

/**
 * Multi-layer perceptron with ReLU and PyTorch's default initialisation.
 * Batch: `images` [n, features], `labels` int64 [n].
 */
export function mlp(name: string, config: MlpConfig): Model {
  const layers = config.sizes.length - 1;
  return {
    name,
    dataKind: 'images',
    config: { ...config },
    contextLength: null,
    parameters: Array.from({ length: layers }, (_, index) => layerParameters(config, index)).flat(),
    loss: (trace) => {
      const { b, batch } = trace;
      let x = batch.images as NonNullable<typeof batch.images>;
      for (let layer = 1; layer <= layers; layer++) {
        const isLast = layer === layers;
        const output = linear(trace, x, `fc${layer}`);
        const scaled = isLast && !config.scaleLogits ? output : b.mul(output, config.outputScale);
        x = isLast ? scaled : b.relu(scaled);
      }
      const labels = batch.labels as typeof x;
      if (config.loss !== 'mse') return b.reduceMean(b.crossEntropy(x, labels), [0]);
      const wanted = b.oneHot(labels, config.sizes.at(-1) as number, x.type.dtype as FloatDType);
      return lossOf(b, 'mse', x, wanted);
    },
  };
}

function layerParameters({ sizes }: MlpConfig, index: number): ParameterSpec[] {
  const [fanIn, width] = [sizes[index] as number, sizes[index + 1] as number];
  const layer = index + 1;
  const kind = layer === sizes.length - 1 ? 'output' : 'linear';
  const initial = pytorchLinear(fanIn);
  return [
    { name: `fc${layer}.weight`, shape: [width, fanIn], kind, layer, initial },
    { name: `fc${layer}.bias`, shape: [width], kind: 'bias', layer, initial },
  ];
}
