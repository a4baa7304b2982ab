/** A key's bias has no curvature, for softmax does not see it: such blocks are found against the scale of the whole. */
import { describe, expect, it } from 'vitest';
import { ModelCurvature } from '../../src/curvature/model-curvature.ts';
import { measurableBlocks } from '../../src/network/blocks.ts';
import { openDataset } from '../../src/network/data/index.ts';
import { gpt } from '../../src/network/models/gpt.ts';
import { initialiseParameters } from '../../src/network/models/parameters.ts';
import {
  lanczosSpectrum,
  largestMagnitude,
  runLanczos,
  sampleProbe,
  startLanczos,
} from '../../src/spectrum/index.ts';
import { summariseSpectra } from '../../src/study/spectrum/summarise.ts';
import { onnxRuntimeEngine } from '../../src/tensor/engine/onnxruntime.ts';

const config = {
  layers: 2,
  heads: 2,
  width: 16,
  contextLength: 16,
  bias: true,
  gelu: 'tanh',
  tied: true,
  scaledProjections: 'both',
  dropout: 0,
} as const;

describe.each(['float32', 'float64'] as const)('with biases, in %s', (precision) => {
  it('the key biases are zero blocks and nothing else is; they are left out of every distance', async () => {
    const data = await openDataset({ source: 'moby-dick', batchSize: 4, microBatches: 1, contextLength: 16 });
    if (data.kind !== 'text') throw new Error('expected text');
    const model = gpt('small', { ...config, vocabularySize: data.vocabularySize });
    const parameters = initialiseParameters(model, 0, precision);
    const engine = onnxRuntimeEngine({ threads: 1 });
    const curvature = new ModelCurvature({
      model,
      parameters,
      data,
      engine,
      precision,
    });
    await curvature.linearizeAll();
    const blocks = measurableBlocks(model);
    const spectra = [];
    for (const operator of [...blocks.map((block) => curvature.block(block)), curvature.whole()]) {
      const { name, dim } = operator;
      const states = [0, 1].map((probe) =>
        startLanczos(sampleProbe({ kind: 'gaussian', dim, precision, seed: 0, path: [name, probe] }), {
          steps: Math.min(12, dim),
        }),
      );
      await runLanczos(operator, states);
      await operator.release();
      spectra.push(lanczosSpectrum(name, dim, states));
    }
    await curvature.release();
    const full = spectra.pop() ?? null;
    const { blocks: marked, heterogeneity } = summariseSpectra(full, spectra, precision);
    const keyBiases = blocks.filter(({ name }) => name.endsWith('key.bias')).map(({ name }) => name);
    expect(keyBiases.length).toBe(2);
    expect(marked.filter(({ isZero }) => isZero).map(({ name }) => name)).toEqual(keyBiases);
    expect(heterogeneity?.zeroBlocks.names).toEqual(keyBiases);
    for (const { js0, matrix } of heterogeneity?.definitions ?? []) {
      expect(js0.mean).toBeGreaterThan(0);
      expect(
        matrix[blocks.findIndex(({ name }) => name === keyBiases[0])]?.every((cell) => cell === null),
      ).toBe(true);
    }
    // A margin on both sides: rounding lies well below the threshold, the least true block well above.
    const scale = largestMagnitude(full ? [full, ...spectra] : spectra);
    const size = (isZero: boolean) =>
      marked.filter((block) => block.isZero === isZero).map((block) => largestMagnitude([block]) / scale);
    expect(Math.min(...size(false)) / Math.max(...size(true))).toBeGreaterThan(10);
  });
});
