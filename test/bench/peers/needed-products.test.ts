/** What a Hessian product of a multi-layer perceptron needs, counted by hand, against what its tangent graphs hold. */
import { describe, expect, it } from 'vitest';
import { graphCost } from '../../../src/curvature/cost.ts';
import { ModelCurvature } from '../../../src/curvature/model-curvature.ts';
import { openDataset } from '../../../src/network/data/index.ts';
import { mlp, PAPER_MLP } from '../../../src/network/models/mlp.ts';
import { initialiseParameters } from '../../../src/network/models/parameters.ts';
import { interpreter } from '../../../src/tensor/engine/interpreter.ts';

const BATCH = 16;
const { sizes } = PAPER_MLP;
const model = mlp('mlp', PAPER_MLP);
const curvature = new ModelCurvature({
  model,
  parameters: initialiseParameters(model, 0, 'float32'),
  data: await openDataset({ source: 'digits', batchSize: BATCH, microBatches: 1 }),
  engine: interpreter,
  precision: 'float32',
});

/** Operations of one product of the batch with the weights of a 0-based layer, or of their gradient. */
const flops = (layer: number) => 2 * BATCH * (sizes[layer] as number) * (sizes[layer + 1] as number);
const layers = Array.from({ length: sizes.length - 1 }, (_, layer) => layer);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('needed matrix products', () => {
  it('of the whole Hessian: six for each layer, and two for the first, which nothing reaches and which reaches nothing', () => {
    // x dW' + dx W' on the way up; dg' x + g' dx for the weights and dg W + g dW for what is below on the way down.
    const expected = sum(layers.map((layer) => (layer === 0 ? 2 : 6) * flops(layer)));
    expect(graphCost(curvature.whole().linearization.tangentGraph).productFlops).toBe(expected);
  });

  it.each(layers)('of the weights of layer %i: two of its own, and two of each layer above', (layer) => {
    const block = model.parameters.find(({ name }) => name === `fc${layer + 1}.weight`);
    if (!block) throw new Error(`the model has no layer ${layer + 1}`);
    const expected = 2 * flops(layer) + sum(layers.slice(layer + 1).map((above) => 2 * flops(above)));
    expect(graphCost(curvature.block(block).linearization.tangentGraph).productFlops).toBe(expected);
  });
});
