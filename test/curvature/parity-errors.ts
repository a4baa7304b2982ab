/** How far hesscope's derivatives of a parity case are from PyTorch's. */
import { ModelCurvature, type ResidualChoice } from '../../src/curvature/model-curvature.ts';
import { batchFeeds, traceModel } from '../../src/curvature/trace.ts';
import type { Dataset } from '../../src/network/data/dataset.ts';
import type { LinearOperator } from '../../src/spectrum/operator.ts';
import type { Engine } from '../../src/tensor/engine/engine.ts';
import { graphOf, inputName } from '../../src/tensor/graph/node.ts';
import type { FloatDType } from '../../src/tensor/graph/type.ts';
import { runGraph } from '../tensor/evaluate.ts';
import { flatten, inPrecision, type ParityCase } from './parity-case.ts';

export interface ParityErrors {
  /** |found - expected| / |expected| */
  readonly loss: number;
  /** In the Euclidean norm over all parameters. */
  readonly gradient: number;
  readonly product: number;
  /**
   * Each diagonal block's, relative to the larger of its own norm and a thousandth of all block products together: a
   * key's bias has no curvature, and what stands in its place is rounding.
   */
  readonly blocks: Readonly<Record<string, number>>;
}

/** A case's curvature in a precision. */
export function curvatureOf(
  parity: ParityCase,
  engine: Engine,
  precision: FloatDType,
  options: { readonly data?: Dataset; readonly choice?: ResidualChoice } = {},
): ModelCurvature {
  const curvature = new ModelCurvature({
    model: parity.model,
    parameters: inPrecision(parity.parameters, precision),
    data: options.data ?? parity.data,
    engine,
    precision,
  });
  if (options.choice) curvature.chooseResiduals(options.choice);
  return curvature;
}

/** Computes loss, gradient and all products of a case and compares. */
export async function parityErrors(
  parity: ParityCase,
  engine: Engine,
  precision: FloatDType,
): Promise<ParityErrors> {
  const { model, vector, expected } = parity;
  const names = model.parameters.map(({ name }) => name);
  const curvature = curvatureOf(parity, engine, precision);
  await curvature.linearizeAll();
  const loss = await curvature.loss();
  const whole = flatten(expected.product, names);
  const allBlocks = norm(flatten(expected.blockProducts, names));
  const blocks: Record<string, number> = {};
  for (const parameter of model.parameters) {
    const operator = curvature.block(parameter);
    const product = await multiply(operator, flatten(vector, [parameter.name]));
    await operator.release();
    const wanted = flatten(expected.blockProducts, [parameter.name]);
    blocks[parameter.name] = distance(product, wanted) / Math.max(norm(wanted), allBlocks / 1000);
  }
  const operator = curvature.whole();
  const product = await multiply(operator, flatten(vector, names));
  await operator.release();
  await curvature.release();
  const gradient = flatten(expected.gradient, names);
  return {
    loss: Math.abs(loss - expected.loss) / Math.abs(expected.loss),
    gradient: distance(await gradientOf(parity, engine, precision), gradient) / norm(gradient),
    product: distance(product, whole) / norm(whole),
    blocks,
  };
}

/** One product, the vector rounded to the operator's precision. */
export async function multiply(operator: LinearOperator, vector: Float64Array): Promise<Float64Array> {
  const column = operator.precision === 'float32' ? Float32Array.from(vector) : vector;
  const [product] = await operator.matmat([column]);
  return Float64Array.from(product as Float64Array);
}

/** The flat gradient of a case's loss. */
async function gradientOf(parity: ParityCase, engine: Engine, precision: FloatDType): Promise<Float64Array> {
  const batch = parity.data.microBatch(0);
  const traced = traceModel(parity.model, batch.tensors, precision);
  const graph = graphOf(
    'gradient',
    [...traced.batchInputs, ...traced.parameterInputs],
    traced.gradients.map((node, index) => ({ name: `gradient.${index}`, node })),
  );
  const parameters = inPrecision(parity.parameters, precision);
  const values = await runGraph(graph, { ...batchFeeds(batch, precision), ...parameters }, engine);
  const byName = Object.fromEntries(
    traced.parameterInputs.map((node, index) => [inputName(node), values[index] as (typeof values)[number]]),
  );
  return flatten(
    byName,
    parity.model.parameters.map(({ name }) => name),
  );
}

/** Euclidean norm. */
export function norm(x: Float64Array): number {
  return Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
}

/** Euclidean distance. @throws when the lengths differ. */
export function distance(x: Float64Array, y: Float64Array): number {
  if (x.length !== y.length) throw new Error(`expected ${y.length} elements, found ${x.length}`);
  return norm(x.map((value, i) => value - (y[i] as number)));
}
