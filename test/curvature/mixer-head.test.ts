/** timm's Mixer starts with a head of zeros: the loss does not depend on what stands before it. */
import { afterAll, describe, expect, it } from 'vitest';
import { ModelCurvature } from '../../src/curvature/model-curvature.ts';
import { openDataset } from '../../src/network/data/index.ts';
import { MODEL_PRESETS } from '../../src/network/models/index.ts';
import type { Model } from '../../src/network/models/model.ts';
import { initialiseParameters } from '../../src/network/models/parameters.ts';
import { sampleProbe } from '../../src/spectrum/index.ts';
import { onnxRuntimeEngine } from '../../src/tensor/engine/onnxruntime.ts';
import { multiply } from './parity-errors.ts';

const data = await openDataset({ source: 'digits', batchSize: 4, microBatches: 1 });
const engine = onnxRuntimeEngine({ threads: 1 });

describe.each(['zero', 'random'] as const)("a Mixer's blocks, its head %s", (head) => {
  const model = MODEL_PRESETS['mixer-pico']?.create({}, { head }) as Model;
  const curvature = new ModelCurvature({
    model,
    parameters: initialiseParameters(model, 0, 'float64'),
    data,
    engine,
    precision: 'float64',
  });
  afterAll(() => curvature.release());

  it.each([
    'stem.proj.weight',
    'blocks.0.mlp_tokens.fc1.weight',
    'blocks.1.mlp_channels.fc2.bias',
    'head.weight',
  ])('%s', async (name) => {
    await curvature.linearizeAll();
    const parameter = model.parameters.find((spec) => spec.name === name);
    const operator = curvature.block(parameter as Model['parameters'][number]);
    const probe = sampleProbe({
      kind: 'gaussian',
      dim: operator.dim,
      precision: 'float64',
      seed: 0,
      path: [name],
    });
    const product = await multiply(operator, Float64Array.from(probe));
    await operator.release();
    // A matrix of zeros times anything finite is exactly zero.
    expect(product.every((value) => value === 0)).toBe(head === 'zero' && name !== 'head.weight');
  });
});
