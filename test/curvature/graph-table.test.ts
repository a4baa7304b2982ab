/** Graphs stay slim: nodes, residuals and arithmetic of each layer against what pen and paper say it needs. */
import { describe, expect, it } from 'vitest';
import { type GraphTable, graphTable } from '../../src/curvature/graph-table.ts';
import { ModelCurvature } from '../../src/curvature/model-curvature.ts';
import { measurableBlocks } from '../../src/network/blocks.ts';
import type { Dataset } from '../../src/network/data/index.ts';
import { MODEL_PRESETS } from '../../src/network/models/index.ts';
import type { Model } from '../../src/network/models/model.ts';
import { initialiseParameters } from '../../src/network/models/parameters.ts';
import { interpreter } from '../../src/tensor/engine/interpreter.ts';
import { allocate, type DType, type HostTensor, sizeOf } from '../../src/tensor/graph/type.ts';

const FLOAT_BYTES = 4;

/** The graphs of a model, all blocks and the whole; only the shapes of the data matter, so they are zero. */
async function tableOf(model: Model, tensors: Readonly<Record<string, HostTensor>>): Promise<GraphTable> {
  const data = { microBatchCount: 1, microBatch: () => ({ tensors, weight: 1 }) } as unknown as Dataset;
  const curvature = new ModelCurvature({
    model,
    parameters: initialiseParameters(model, 0, 'float32'),
    data,
    engine: interpreter,
    precision: 'float32',
  });
  await curvature.linearizeAll();
  const blocks = measurableBlocks(model).map((block) => curvature.block(block));
  return graphTable(curvature, [...blocks, curvature.whole()]);
}

function zeros(dtype: DType, ...shape: readonly number[]): HostTensor {
  return { dtype, shape, data: allocate(dtype, sizeOf(shape)) };
}

function preset(name: string, shape: Parameters<(typeof MODEL_PRESETS)[string]['create']>[0]): Model {
  const found = MODEL_PRESETS[name];
  if (!found) throw new Error(`there is no ${name}`);
  return found.create(shape);
}

const SEQUENCES = 2;
const VOCABULARY = 65;

/**
 * What one layer of a GPT adds, with R rows (sequences times context c), width d, h heads, no biases. A product of two
 * values that depend on the parameters needs both of them as residuals; so does each nonlinear operation its slope.
 * Dots mean tangents, bars cotangents.
 *
 * Residuals in units of R d, an entry of four for the wide half of the MLP:
 *
 *   forward    normalised rows and scaled rows of both norms (4), query, key, value (3), the heads' output (1),
 *              the hidden row (4) and the GELU's slope (4)                                                    16
 *   backward   of both norms: cotangent of the output, the same times the gain, its negative, cotangent of the
 *              input (8); of the heads' output, query, key, value (4); of the hidden row behind the slope (4), and
 *              before it times the GELU's second derivative (4)                                               20
 *                                                                                                             36
 *   of attention's weights, R h c each: the weights, their cotangent, the scores' cotangent                    3
 *   and one number for each row and head (the weights' mean cotangent), three for each row and norm (1 / deviation,
 *   its third power, the mean of the cotangent times the row).
 *
 * Nodes:
 *
 *   6 linear maps: x. W + x W., ybar. W + ybar W., ybar. x + ybar x.: two products and a sum each              54
 *   attention      forward: the scale, three heads apart (6), scores (3), softmax (4), mixture (3), heads
 *                  joined (2); backward: heads apart (2), value (3), weights (3), softmax (10), query and key
 *                  (6), three heads joined (6), the scale, the sum of three cotangents (2); and the kept
 *                  heads' output, value's and key's cotangents as rows (3)                                     55
 *   GELU           forward: slope (1); backward: slope, second derivative, sum (3)                              4
 *   2 norms        forward: standardise (7), gain (3); backward: gain's product (4), gain (3), 1 / deviation
 *                  (1), and the standardisation's product rule (19)                                            74
 *   residual sums  2 forward, 2 backward                                                                        4
 *                                                                                                             191
 *
 * ONNX writes one node for each of these, one more for each transposed product of heads (scores 2, weights 2, value 2,
 * key 2), and one for each of the 8 parameters' products, to name it.
 */
const GPT_LAYER_NODES = 191;
const TRANSPOSED_PRODUCTS_OF_HEADS = 8;
const PARAMETERS_OF_LAYER = 8;

describe.each([
  { name: 'gpt-pico', layers: 2, context: 64, width: 64, heads: 4 },
  { name: 'gpt-nano', layers: 6, context: 256, width: 384, heads: 6 },
])('$name', async ({ name, layers, context, width, heads }) => {
  const rows = SEQUENCES * context;
  const model = preset(name, { vocabularySize: VOCABULARY });
  const table = await tableOf(model, { tokens: zeros('int64', rows), targets: zeros('int64', rows) });
  const layerBytes =
    FLOAT_BYTES * (36 * rows * width + 3 * rows * heads * context + rows * heads + 2 * 3 * rows);

  it.each(Array.from({ length: layers }, (_, index) => index + 1))('layer %i is slim', (layer) => {
    const part = table.parts.find((candidate) => candidate.layer === layer);
    if (!part) throw new Error(`there is no layer ${layer}`);
    expect(part.nodes).toBeLessThanOrEqual(GPT_LAYER_NODES);
    expect(part.onnxNodes).toBeLessThanOrEqual(
      GPT_LAYER_NODES + TRANSPOSED_PRODUCTS_OF_HEADS + PARAMETERS_OF_LAYER,
    );
    expect(part.residualBytes).toBeLessThanOrEqual(layerBytes);
    // Six products for each of 12 d^2 weights, and for scores, mixture and the four cotangents of attention two each.
    expect(part.productFlops).toBe(2 * rows * (6 * 12 * width ** 2 + 12 * context * width));
  });

  it('keeps little more than its layers do', () => {
    // The last norm as any other (6 R d and 3 R) but for the cotangent of the first norm's input, which nothing reads;
    // probabilities and cotangents of the logits.
    const ends = FLOAT_BYTES * (5 * rows * width + 3 * rows + 2 * rows * VOCABULARY);
    expect(table.whole.residualBytes).toBeLessThanOrEqual(layers * layerBytes + ends);
    expect(table.primal.residualBytes).toBe(table.whole.residualBytes);
  });

  it('runs the less the higher a block lies, and nothing twice', () => {
    const full = table.operators.at(-1);
    expect(full).toMatchObject({ name: 'full', ...table.whole });
    const inLayers = table.operators.filter((operator) => /\.(query|fc)\./.test(operator.name));
    expect(inLayers.length).toBe(2 * layers);
    for (const key of ['nodes', 'onnxNodes', 'residualBytes', 'productFlops'] as const) {
      const sizes = inLayers.map((operator) => operator[key]);
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
      expect(sizes[0]).toBeLessThan(table.whole[key]);
    }
  });
});

/**
 * Layer i of an MLP with n images: its weights read the row below it (no residual in the first layer, which reads the
 * images), its ReLU gives a slope, and the layer above needs the cotangent of its own output, since its input moves now.
 * The last layer reads the row below it and the softmax's probabilities.
 *
 * Nodes of a layer below the last: x W., the bias, the slope (3); above it x. W and its sum, the weights' cotangent from
 * x. and its sum (4); the cotangent coming down, two products and a sum, and the slope (4); weights and bias (2).
 * Of the last: x W., the bias, softmax (4), the mean's factor, weights, bias.
 */
const MLP_LAYER_NODES = 13;
const MLP_LAST_LAYER_NODES = 9;

describe('mlp', async () => {
  const images = 16;
  const widths = [784, 300, 128, 64, 10];
  const last = widths.length - 1;
  const model = preset('mlp', { featureCount: 784, classCount: 10 });
  const table = await tableOf(model, {
    images: zeros('float32', images, 784),
    labels: zeros('int64', images),
  });
  const width = (layer: number) => widths[layer] as number;

  it.each(Array.from({ length: last }, (_, index) => index + 1))('layer %i is slim', (layer) => {
    const part = table.parts.find((candidate) => candidate.layer === layer);
    if (!part) throw new Error(`there is no layer ${layer}`);
    const below = layer === 1 ? 0 : width(layer - 1);
    const kept = layer === last ? below + width(last) : below + width(layer) + width(layer + 1);
    const nodes = layer === last ? MLP_LAST_LAYER_NODES : MLP_LAYER_NODES;
    expect(part.residualBytes).toBeLessThanOrEqual(FLOAT_BYTES * images * kept);
    expect(part.nodes).toBeLessThanOrEqual(nodes);
    // Weights and bias are named.
    expect(part.onnxNodes).toBeLessThanOrEqual(nodes + 2);
  });

  it('has the arithmetic of its products', () => {
    // Of each layer x W. and xbar. x; of all but the first x. W, ybar W., ybar. W and ybar x. too.
    const flops = Array.from({ length: last }, (_, index) => {
      const products = index === 0 ? 2 : 6;
      return 2 * images * products * width(index) * width(index + 1);
    });
    expect(table.whole.productFlops).toBe(flops.reduce((sum, count) => sum + count, 0));
  });
});

it('the parts of a network without layers are one', async () => {
  const model = preset('mlp', { featureCount: 784, classCount: 10 });
  const flat = { ...model, parameters: model.parameters.map((parameter) => ({ ...parameter, layer: null })) };
  const table = await tableOf(flat, { images: zeros('float32', 2, 784), labels: zeros('int64', 2) });
  expect(table.parts).toEqual([{ name: 'all', layer: null, ...table.whole }]);
});
