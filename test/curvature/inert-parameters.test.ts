/** Parameters that a model declares inert have no curvature, and no others are without: float64 tells them apart. */
import { describe, expect, it } from 'vitest';
import { ModelCurvature } from '../../src/curvature/model-curvature.ts';
import { measurableBlocks } from '../../src/network/blocks.ts';
import { openDataset } from '../../src/network/data/index.ts';
import { gpt } from '../../src/network/models/gpt.ts';
import { type DataShape, MODEL_PRESETS, type ModelOptions } from '../../src/network/models/index.ts';
import { inertParameters, type Model } from '../../src/network/models/model.ts';
import { initialiseParameters } from '../../src/network/models/parameters.ts';
import { sampleProbe } from '../../src/spectrum/index.ts';
import { onnxRuntimeEngine } from '../../src/tensor/engine/onnxruntime.ts';
import { multiply, norm } from './parity-errors.ts';

const precision = 'float64';
const engine = onnxRuntimeEngine({ threads: 1 });
const cut = { batchSize: 2, microBatches: 1, precision } as const;

function preset(name: string, data: DataShape, options: ModelOptions = {}): Model {
  return MODEL_PRESETS[name]?.create(data, options) as Model;
}

async function subjectOf(family: string) {
  const text = { ...cut, source: 'moby-dick', contextLength: family === 'gpt' ? 16 : 64 };
  const task = family === 'bert' ? 'masked-language' : undefined;
  const isText = family === 'gpt' || family === 'bert';
  const data = await openDataset(isText ? { ...text, task } : { ...cut, source: 'digits' });
  const vocabularySize = data.kind === 'images' ? 0 : data.vocabularySize;
  const models: Readonly<Record<string, () => Model>> = {
    gpt: () =>
      gpt('small', {
        layers: 2,
        heads: 2,
        width: 16,
        contextLength: 16,
        vocabularySize,
        bias: true,
        gelu: 'none',
        tied: true,
        scaledProjections: 'both',
        dropout: 0,
      }),
    bert: () => preset('bert-pico', { vocabularySize }),
    vit: () => preset('vit-pico', {}),
    mixer: () => preset('mixer-pico', {}, { head: 'random' }),
  };
  return { data, model: models[family]!() };
}

describe.each([
  ['gpt', /attn\.key\.bias$/],
  ['bert', /self\.key\.bias$/],
  ['vit', /attn\.key\.bias$/],
  ['mixer', /mlp_tokens\.fc2\.bias$/],
] as const)('in a small %s', (family, pattern) => {
  it('nothing but what it declares is without curvature', { timeout: 60_000 }, async () => {
    const { data, model } = await subjectOf(family);
    const inert = inertParameters(model);
    const blocks = measurableBlocks(model);
    expect([...inert]).toEqual(blocks.map(({ name }) => name).filter((name) => pattern.test(name)));
    const parameters = initialiseParameters(model, 0, precision);
    const curvature = new ModelCurvature({ model, parameters, data, engine, precision });
    await curvature.linearizeAll();
    const sizes = new Map<string, number>();
    for (const block of blocks) {
      const operator = curvature.block(block);
      const probe = sampleProbe({
        kind: 'gaussian',
        dim: operator.dim,
        precision,
        seed: 0,
        path: [block.name],
      });
      sizes.set(block.name, norm(await multiply(operator, Float64Array.from(probe))));
      await operator.release();
    }
    await curvature.release();
    const scale = Math.max(...sizes.values());
    // Rounding enters a cancelled block from both sides, as eps^2 = 5e-32 times the sums' lengths and the sizes of what
    // cancels; the least true block, a query's bias, lies near 1e-7 of the scale.
    for (const [name, size] of sizes)
      expect(size / scale < 1e-14, `${name}: ${size / scale}`).toBe(inert.has(name));
  });
});
