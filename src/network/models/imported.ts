/** A network from an ONNX file as a model: its weights become parameters, its output goes into a loss. */
import { UserError } from '../../errors.ts';
import type { Node } from '../../tensor/graph/node.ts';
import { type FloatDType, formatType, type TensorType } from '../../tensor/graph/type.ts';
import {
  convertGraph,
  neededNodes,
  type UnsupportedOperator,
  unsupportedOperators,
} from '../../tensor/onnx/import/convert.ts';
import type { OnnxModel } from '../../tensor/onnx/import/decode.ts';
import { importNotes } from '../../tensor/onnx/import/notes.ts';
import type { DeclaredValue } from '../../tensor/onnx/import/onnx-graph.ts';
import { separateShared } from '../../tensor/onnx/import/shared-tensors.ts';
import { weightTensors } from '../../tensor/onnx/import/weights.ts';
import type { OpBuilder } from '../../tensor/ops/syntax.ts';
import { LOSS_TARGETS } from '../data/dataset.ts';
import type { BlockRule } from './blocks-file.ts';
import { type ImportedBlocks, importedBlocks } from './imported-blocks.ts';
import { constant } from './initialisation.ts';
import { type LossName, lossOf } from './losses.ts';
import type { Model, Trace } from './model.ts';
import type { ParameterValues } from './parameters.ts';

export interface ImportOptions {
  readonly loss: LossName;
  /** The output that goes into the loss; the first one unless given. */
  readonly output?: string | undefined;
  /** How the user wants parameters named, joined, split and left out. */
  readonly rules?: readonly BlockRule[];
}

/** A file's network, ready to be traced. */
export interface ImportedNetwork {
  readonly model: Model;
  /** What the output depends on, in the file's order, and how the file declares it. */
  readonly inputs: readonly DeclaredValue[];
  /** The loss that the model has, and what else it was imported with. */
  readonly loss: LossName;
  readonly options: ImportOptions;
  /** Operators that keep it from being traced; empty for a network that can be. */
  readonly unsupported: readonly UnsupportedOperator[];
  /** The weights of the file. Read on each call. */
  weights(dtype: FloatDType): ParameterValues;
  /** Traces the output that goes into the loss. */
  output(b: OpBuilder, parameters: Trace['parameters'], batch: Trace['batch']): Node;
}

/**
 * A decoded model as a network whose parameters are the file's weights.
 * @throws UserError when it has no such output, or a rule fits nothing.
 */
export function networkOf(decoded: OnnxModel, name: string, options: ImportOptions): ImportedNetwork {
  const onnx = separateShared(decoded);
  const output = options.output ?? (onnx.outputs[0] as string);
  if (!onnx.outputs.includes(output))
    throw new UserError(
      `${name} has no output '${output}'; its outputs are ${onnx.outputs.map((known) => `'${known}'`).join(', ')}.`,
    );
  const tensors = weightTensors(onnx, [output]);
  const blocks = importedBlocks(tensors, options.rules ?? []);
  if (blocks.specs.length === 0)
    throw new UserError(`${name} holds no weights that could be parameters; were they exported with it?`);
  const network = { onnx, name, output, loss: options.loss, blocks };
  const model: Model = {
    name,
    dataKind: 'arrays',
    config: { producer: onnx.producer, opset: onnx.opsets.get('') ?? null, output, loss: options.loss },
    contextLength: null,
    parameters: blocks.specs.map((spec) => ({ ...spec, initial: constant(0) })),
    notes: [...importNotes(onnx, [output]), ...weightNotes(blocks)],
    loss: (trace) => tracedLoss(trace, network),
  };
  return {
    model,
    inputs: neededInputs(onnx, output),
    loss: options.loss,
    options,
    unsupported: unsupportedOperators(onnx, [output]),
    weights: (dtype) => blocks.values(dtype),
    output: (b, parameters, batch) => tracedOutput(b, parameters, batch, network),
  };
}

interface Network {
  readonly onnx: OnnxModel;
  readonly name: string;
  readonly output: string;
  readonly loss: LossName;
  readonly blocks: ImportedBlocks;
}

function tracedLoss({ b, parameters, batch }: Trace, network: Network): Node {
  const output = tracedOutput(b, parameters, batch, network);
  return lossOf(b, network.loss, output, batch[LOSS_TARGETS] ?? null);
}

function tracedOutput(
  b: OpBuilder,
  parameters: Trace['parameters'],
  batch: Trace['batch'],
  { onnx, blocks, output }: Network,
): Node {
  const dtype = (Object.values(parameters)[0] as Node).type.dtype as FloatDType;
  const given = new Map(blocks.tensors(b, parameters));
  for (const { name } of neededInputs(onnx, output)) {
    const input = batch[name];
    if (input) given.set(name, input);
  }
  return convertGraph(onnx, [output], { b, dtype, given })[0] as Node;
}

/** The inputs that an output depends on. */
function neededInputs(onnx: OnnxModel, output: string): readonly DeclaredValue[] {
  const read = new Set(neededNodes(onnx, [output]).flatMap(({ inputs }) => inputs));
  return onnx.inputs.filter(({ name }) => read.has(name));
}

function weightNotes({ fixed, doubtful }: ImportedBlocks): string[] {
  const notes: string[] = [];
  if (doubtful.length > 0)
    notes.push(
      `Taken for constants, though they might be parameters: ${doubtful.join(', ')}; a blocks file says otherwise by 'constant: false'.`,
    );
  if (fixed.length > 0) notes.push(`Held fixed by the blocks file: ${fixed.join(', ')}.`);
  return notes;
}

/**
 * Checks data against what the file declares.
 * @throws UserError when an extent that the file fixes differs, or an open one that has a name has two values.
 */
export function checkInputs(
  inputs: readonly DeclaredValue[],
  types: Readonly<Record<string, TensorType>>,
): void {
  const named = new Map<string, number>();
  for (const { name, dims } of inputs) {
    const type = types[name];
    if (!type || dims === null) continue;
    const declared = `[${dims.map((dim) => dim ?? '?').join(', ')}]`;
    if (dims.length !== type.shape.length)
      throw new UserError(`The input '${name}': expected ${declared}, found ${formatType(type)}.`);
    for (const [axis, dim] of dims.entries()) {
      const found = type.shape[axis] as number;
      const expected = typeof dim === 'string' ? (named.get(dim) ?? found) : (dim ?? found);
      if (typeof dim === 'string') named.set(dim, found);
      if (expected === found) continue;
      const advice =
        axis === 0
          ? `the file was exported for ${expected} rows at once: set 'batch' to ${expected}, or export it with an open first axis`
          : 'give data of that shape';
      throw new UserError(`The input '${name}': expected ${declared}, found ${formatType(type)}; ${advice}.`);
    }
  }
}
