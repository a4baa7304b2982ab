import type { MicroBatch } from '../network/data/dataset.ts';
import { type Dropout, type Model, withoutDropout } from '../network/models/model.ts';
import { gradient } from '../tensor/autodiff/gradient.ts';
import type { NamedTensors } from '../tensor/engine/engine.ts';
import { type Graph, graphOf, inputName, type Node } from '../tensor/graph/node.ts';
import type { FloatDType, HostTensor, TensorType } from '../tensor/graph/type.ts';
import { newBuilder } from '../tensor/ops/index.ts';
import type { OpBuilder } from '../tensor/ops/syntax.ts';

/** A model's loss on one micro-batch and its gradient, as one graph under construction. */
export interface TracedModel {
  readonly b: OpBuilder;
  readonly dtype: FloatDType;
  readonly loss: Node;
  /** Inputs that carry the micro-batch. */
  readonly batchInputs: readonly Node[];
  /** Inputs that carry the parameters, in the model's order. */
  readonly parameterInputs: readonly Node[];
  /** Gradients in the same order. */
  readonly gradients: readonly Node[];
}

/** A graph's output must not be called as one of its inputs. */
const GRADIENT_PREFIX = 'gradient of ';
/** The output that carries the loss. */
export const LOSS_OUTPUT = 'loss';

/** The prefix that keeps tensors of the batch apart from parameters of the same name. */
const BATCH_PREFIX = 'batch.';

/**
 * Traces loss and gradient for micro-batches of the given types.
 *
 * @param dropoutOf the dropout of a graph, by its builder; none unless given: curvature has all randomness removed
 *   (paper D.1).
 */
export function traceModel(
  model: Model,
  batch: Readonly<Record<string, TensorType>>,
  dtype: FloatDType,
  dropoutOf: (b: OpBuilder) => Dropout = () => withoutDropout,
): TracedModel {
  const b = newBuilder();
  const batchNodes = Object.fromEntries(
    Object.entries(batch).map(([name, type]) => [
      name,
      b.input(`${BATCH_PREFIX}${name}`, inPrecision(type, dtype)),
    ]),
  );
  const parameterInputs = model.parameters.map(({ name, shape }) => b.input(name, { dtype, shape }));
  const parameters = Object.fromEntries(parameterInputs.map((node) => [inputName(node), node]));
  const loss = model.loss({ b, parameters, batch: batchNodes, dropout: dropoutOf(b) });
  const gradients = gradient(b, loss, parameterInputs);
  return { b, dtype, loss, batchInputs: Object.values(batchNodes), parameterInputs, gradients };
}

/**
 * The graph of a model's loss and gradient, nothing kept for later; `gradientsOf` takes its results apart.
 * @param more inputs besides those of batch and parameters.
 */
export function gradientGraph(
  { batchInputs, parameterInputs, loss, gradients }: TracedModel,
  more: readonly Node[] = [],
): Graph {
  const outputs = gradients.map((node, index) => ({
    name: `${GRADIENT_PREFIX}${inputName(parameterInputs[index] as Node)}`,
    node,
  }));
  return graphOf(
    'loss and gradient',
    [...batchInputs, ...parameterInputs, ...more],
    [{ name: LOSS_OUTPUT, node: loss }, ...outputs],
  );
}

/** The gradients by their parameters' names among the results of `gradientGraph`. */
export function gradientsOf(results: NamedTensors): Record<string, HostTensor> {
  return Object.fromEntries(
    Object.entries(results).flatMap(([name, tensor]) =>
      name.startsWith(GRADIENT_PREFIX) ? [[name.slice(GRADIENT_PREFIX.length), tensor]] : [],
    ),
  );
}

/** The feeds that carry a micro-batch, its floats in the graph's precision. */
export function batchFeeds(batch: MicroBatch, dtype: FloatDType): Record<string, HostTensor> {
  return Object.fromEntries(
    Object.entries(batch.tensors).map(([name, tensor]) => [
      `${BATCH_PREFIX}${name}`,
      castFloats(tensor, dtype),
    ]),
  );
}

function inPrecision(type: TensorType, dtype: FloatDType): TensorType {
  return isFloat(type) ? { dtype, shape: type.shape } : type;
}

function castFloats(tensor: HostTensor, dtype: FloatDType): HostTensor {
  if (!isFloat(tensor) || tensor.dtype === dtype) return tensor;
  const values = tensor.data as Float32Array | Float64Array;
  const data = dtype === 'float32' ? Float32Array.from(values) : Float64Array.from(values);
  return { dtype, shape: tensor.shape, data };
}

function isFloat(type: TensorType): boolean {
  return type.dtype === 'float32' || type.dtype === 'float64';
}
