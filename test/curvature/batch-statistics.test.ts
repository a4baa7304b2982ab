/** What BatchNorm by the statistics of a micro-batch does to loss and Hessian. */
import { describe, expect, it } from 'vitest';
import { ModelCurvature } from '../../src/curvature/model-curvature.ts';
import { openDataset } from '../../src/network/data/index.ts';
import { MODEL_PRESETS } from '../../src/network/models/index.ts';
import type { Model } from '../../src/network/models/model.ts';
import { initialiseParameters } from '../../src/network/models/parameters.ts';
import { sampleProbe } from '../../src/spectrum/index.ts';
import { onnxRuntimeEngine } from '../../src/tensor/engine/onnxruntime.ts';
import { multiply, norm } from './parity-errors.ts';

const engine = onnxRuntimeEngine({ threads: 1 });

/** The curvature of a preset on digits, cut into micro-batches. */
async function curvatureOn(
  preset: string,
  statistics: 'batch' | 'running',
  cut: { readonly batchSize: number; readonly microBatches: number },
): Promise<ModelCurvature> {
  const model = MODEL_PRESETS[preset]?.create({}, { norm: statistics }) as Model;
  return new ModelCurvature({
    model,
    parameters: initialiseParameters(model, 0, 'float64'),
    data: await openDataset({ source: 'digits', precision: 'float64', ...cut }),
    engine,
    precision: 'float64',
  });
}

describe('the loss of a ResNet on the same eight images', () => {
  const lossOf = async (statistics: 'batch' | 'running', batchSize: number) => {
    const cut = { batchSize, microBatches: 8 / batchSize };
    const curvature = await curvatureOn('resnet18-pico', statistics, cut);
    const loss = await curvature.loss();
    await curvature.release();
    return loss;
  };

  it('depends on how they are cut where BatchNorm takes the statistics of micro-batches', async () => {
    const [whole, halves] = [await lossOf('batch', 8), await lossOf('batch', 4)];
    expect(Math.abs(whole - halves)).toBeGreaterThan(1e-3 * whole);
  });

  it('does not where it takes running ones', async () => {
    const [whole, halves] = [await lossOf('running', 8), await lossOf('running', 4)];
    // The same few hundred float64 terms of each sum in another order.
    expect(Math.abs(whole - halves)).toBeLessThan(1e-12 * whole);
  });
});

describe('the bias of a convolution before BatchNorm', () => {
  const productOf = async (statistics: 'batch' | 'running', name: string) => {
    const curvature = await curvatureOn('vgg16-pico', statistics, { batchSize: 4, microBatches: 1 });
    const parameter = curvature.model.parameters.find((spec) => spec.name === name);
    const operator = curvature.block(parameter as Model['parameters'][number]);
    const { dim } = operator;
    const probe = sampleProbe({ kind: 'gaussian', dim, precision: 'float64', seed: 0, path: [name] });
    const product = norm(await multiply(operator, Float64Array.from(probe)));
    await operator.release();
    await curvature.release();
    return product;
  };

  it("has no curvature by the batch's statistics, whose mean takes it off again", async () => {
    const [bias, weight] = [
      await productOf('batch', 'features.3.bias'),
      await productOf('batch', 'features.3.weight'),
    ];
    // Zero up to rounding in sums of a few hundred terms.
    expect(bias).toBeLessThan(1e-10 * weight);
  });

  it('has some by running ones', async () => {
    const [bias, weight] = [
      await productOf('running', 'features.3.bias'),
      await productOf('running', 'features.3.weight'),
    ];
    expect(bias).toBeGreaterThan(1e-3 * weight);
  });
});
