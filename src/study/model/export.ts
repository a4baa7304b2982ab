/** A model with its parameters as an ONNX file. */
import { type Model, withoutDropout } from '../../network/models/model.ts';
import { initialiseParameters, type ParameterValues } from '../../network/models/parameters.ts';
import { ancestors, graphOf, type Node } from '../../tensor/graph/node.ts';
import type { FloatDType, TensorType } from '../../tensor/graph/type.ts';
import { emitOnnxModel } from '../../tensor/onnx/emit.ts';
import { newBuilder } from '../../tensor/ops/index.ts';
import { openSubject } from '../spectrum/prepare.ts';
import type { SpectrumRequest } from '../spectrum/request.ts';

/** A written model. */
export interface ExportedModel {
  readonly bytes: Uint8Array;
  /** Names and types of what the file takes. */
  readonly inputs: readonly { readonly name: string; readonly type: TensorType }[];
  readonly outputs: readonly { readonly name: string; readonly type: TensorType }[];
}

/**
 * Writes the model of a request: its parameters at initialisation or as trained, its loss, and its logits where the loss
 * is a cross-entropy. The batch's shape is fixed in the file.
 *
 * @throws UserError as `openSubject` does.
 */
export async function exportModel(request: SpectrumRequest): Promise<ExportedModel> {
  const { model, data, weights } = await openSubject(request);
  const values = weights?.values ?? initialiseParameters(model, request.seed, request.precision);
  return exportedModel(model, data.microBatch(0).tensors, values, request.precision);
}

/** Writes a model for micro-batches of given types. */
export function exportedModel(
  model: Model,
  batch: Readonly<Record<string, TensorType>>,
  values: ParameterValues,
  dtype: FloatDType,
): ExportedModel {
  const b = newBuilder();
  const inputs = Object.entries(batch).map(([name, { dtype: stated, shape }]) => ({
    name: name.replace(/^loss:/, ''),
    key: name,
    type: { dtype: stated === 'int64' || stated === 'bool' ? stated : dtype, shape },
  }));
  const batchNodes = inputs.map(({ name, type }) => b.input(name, type));
  const parameterNodes = model.parameters.map(({ name, shape }) => b.input(`${name}`, { dtype, shape }));
  const loss = model.loss({
    b,
    parameters: Object.fromEntries(model.parameters.map(({ name }, i) => [name, parameterNodes[i] as Node])),
    batch: Object.fromEntries(inputs.map(({ key }, i) => [key, batchNodes[i] as Node])),
    dropout: withoutDropout,
  });
  const logits = logitsOf(loss);
  const outputs = [...(logits ? [{ name: 'logits', node: logits }] : []), { name: 'loss', node: loss }];
  const graph = graphOf(model.name, [...batchNodes, ...parameterNodes], outputs);
  return {
    bytes: emitOnnxModel(graph, new Map(Object.entries(values))),
    inputs: inputs.map(({ name, type }) => ({ name, type })),
    outputs: outputs.map(({ name, node }) => ({ name, type: node.type })),
  };
}

/** The scores that go into the loss's cross-entropy, the last one where a model has several; null without. */
function logitsOf(loss: Node): Node | null {
  return ancestors([loss]).findLast(({ op }) => op === 'crossEntropy')?.inputs[0] ?? null;
}
