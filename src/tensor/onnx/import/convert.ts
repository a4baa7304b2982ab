/** An ONNX graph as nodes of a graph under construction: shape arithmetic is done at once, the rest is converted. */
import { UserError } from '../../../errors.ts';
import { constantValue, type Node } from '../../graph/node.ts';
import { type FloatDType, formatType, type HostTensor, sizeOf } from '../../graph/type.ts';
import type { OpBuilder } from '../../ops/syntax.ts';
import { Call, type ImportContext } from './converters/call.ts';
import { converterOf, NEWEST_OPSET } from './converters/index.ts';
import type { OnnxModel } from './decode.ts';
import { evaluateKnown, LARGEST_KNOWN } from './evaluate-known.ts';
import { inDType } from './host-tensors.ts';
import { LARGEST_TENSOR, MadeElements } from './made-elements.ts';
import type { OnnxGraph, OnnxNode } from './onnx-graph.ts';
import type { StoredTensor } from './tensor-values.ts';

/** What a conversion begins with. */
export interface ConversionSettings {
  readonly b: OpBuilder;
  /** The precision that all floats take. */
  readonly dtype: FloatDType;
  /** Nodes of the graph's inputs, and of the values that are not to be computed or constant, by ONNX name. */
  readonly given: ReadonlyMap<string, Node>;
}

/**
 * Converts all that the outputs need.
 *
 * @param outputs ONNX names of values wanted.
 * @returns a node for each, in their order.
 * @throws UserError for operators that are not supported (all of them at once), and for nodes whose inputs or
 *   attributes are not covered.
 */
export function convertGraph(
  model: OnnxModel,
  outputs: readonly string[],
  settings: ConversionSettings,
): Node[] {
  refuseUnsupported(model, outputs);
  const conversion = new Conversion(model, settings);
  return conversion.run(model, outputs, new Map(settings.given));
}

/** An operator that cannot be imported, with the nodes that have it. */
export interface UnsupportedOperator {
  readonly operator: string;
  readonly nodes: readonly string[];
}

/** The operators that cannot be imported among the nodes that outputs need. */
export function unsupportedOperators(model: OnnxModel, outputs: readonly string[]): UnsupportedOperator[] {
  const opset = model.opsets.get('') ?? 1;
  const found = new Map<string, string[]>();
  for (const node of neededNodes(model, outputs))
    if (node.domain !== '' || converterOf(node.opType, opset) === null)
      found.set(node.operator, [...(found.get(node.operator) ?? []), node.name]);
  return [...found].map(([operator, nodes]) => ({ operator, nodes }));
}

function refuseUnsupported(model: OnnxModel, outputs: readonly string[]): void {
  const missing = unsupportedOperators(model, outputs);
  if (missing.length === 0) return;
  const phrases = missing.map(({ operator, nodes }) => {
    const shown = nodes.slice(0, 5).map((name) => `'${name}'`);
    const more = nodes.length > 5 ? ` and ${nodes.length - 5} more` : '';
    return `${operator} (${shown.join(', ')}${more})`;
  });
  const opset = model.opsets.get('') ?? 1;
  const version =
    opset > NEWEST_OPSET ? ` The file uses operator set ${opset}; hesscope knows up to ${NEWEST_OPSET}.` : '';
  throw new UserError(
    `The network has operators that hesscope does not import: ${phrases.join('; ')}.${version} docs/onnx-ops.md lists those that it does; write the network without the others, or export it for operator set 20.`,
  );
}

/** The nodes that outputs depend on, in order. Branches are looked into when they are taken. */
export function neededNodes(graph: OnnxGraph, outputs: readonly string[]): OnnxNode[] {
  const wanted = new Set(outputs);
  const needed: OnnxNode[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((name) => wanted.has(name))) continue;
    for (const name of node.inputs) wanted.add(name);
    for (const name of outerNames(node)) wanted.add(name);
    needed.push(node);
  }
  return needed.reverse();
}

/** Names that the branches of a control-flow node read from around it. */
function outerNames(node: OnnxNode): string[] {
  if (node.opType !== 'If') return [];
  return ['then_branch', 'else_branch'].flatMap((name) => {
    const graph = node.graph(name);
    return [...graph.outputs, ...graph.nodes.flatMap(({ inputs }) => inputs)];
  });
}

class Conversion implements ImportContext {
  readonly b: OpBuilder;
  readonly dtype: FloatDType;
  readonly opset: number;
  private readonly model: OnnxModel;
  private readonly given: ReadonlyMap<string, Node>;
  private readonly known = new Map<Node, HostTensor | null>();
  private names: Map<string, Node> = new Map();
  /** Constants are read when they are first used: a file may hold more than a graph needs. */
  private readonly stored = new Map<string, StoredTensor>();
  private readonly made = new MadeElements();

  constructor(model: OnnxModel, { b, dtype, given }: ConversionSettings) {
    this.model = model;
    this.given = given;
    this.b = b;
    this.dtype = dtype;
    this.opset = model.opsets.get('') ?? 1;
  }

  run(graph: OnnxGraph, outputs: readonly string[], names: Map<string, Node>): Node[] {
    const outer = this.names;
    this.names = names;
    for (const [name, tensor] of graph.initialisers) this.stored.set(name, tensor);
    for (const node of neededNodes(graph, outputs)) this.convertNode(node);
    const results = outputs.map((name) => this.value(name, `the output '${name}'`));
    this.names = outer;
    return results;
  }

  claim(count: number): void {
    this.made.claim(count);
  }

  branch(graph: OnnxGraph): readonly Node[] {
    refuseUnsupported({ ...this.model, ...graph }, graph.outputs);
    return this.run(graph, graph.outputs, new Map(this.names));
  }

  private value(name: string, who: string): Node {
    const stored = this.stored.get(name);
    const node = this.names.get(name) ?? (stored ? this.constant(stored) : undefined);
    if (!node)
      throw new UserError(
        `${who}: expected a value named '${name}' before it, found none; the file is not sound.`,
      );
    this.names.set(name, node);
    return node;
  }

  private constant(stored: StoredTensor): Node {
    const tensor = stored.read();
    this.made.hold(tensor.data.length);
    return this.b.constant(inDType(tensor, this.dtype));
  }

  private convertNode(node: OnnxNode): void {
    const who = `${node.operator} '${node.name}'`;
    const inputs = node.inputs.map((name) => (name === '' ? null : this.value(name, who)));
    const results = this.resultsOf(new Call(this, node, inputs));
    for (const [index, name] of node.outputs.entries()) {
      const result = results[index];
      // What is given stands for the value, whatever the file computes: a copy may be a parameter of its own.
      if (name !== '' && result && !this.given.has(name)) this.names.set(name, result);
    }
  }

  private resultsOf(call: Call): readonly (Node | null)[] {
    const converter = converterOf(call.node.opType, this.opset);
    if (!converter) throw new Error(`expected a converter of ${call.node.operator}`);
    try {
      const values = call.inputs.map((input) => (input?.op === 'constant' ? constantValue(input) : null));
      const isKnown =
        call.inputs.length > 0 && call.inputs.every((input, i) => input === null || values[i] !== null);
      const folded = isKnown ? converter.fold?.(call, values as HostTensor[]) : null;
      if (folded) {
        this.made.count(folded.data.length);
        return [this.keep(call.constant(folded))];
      }
      const converted = converter.convert(call);
      const results = Array.isArray(converted)
        ? (converted as readonly (Node | null)[])
        : [converted as Node];
      return results.map((result) => result && this.keep(result));
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError(`${call.node.operator} '${call.node.name}': ${reasonOf(error as Error, call)}.`, {
        cause: error,
      });
    }
  }

  /** The node, or the constant that it amounts to, once its size is one that a machine could hold. */
  private keep(node: Node): Node {
    const { shape } = node.type;
    const size = sizeOf(shape);
    if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0) || !(size <= LARGEST_TENSOR))
      throw new Error(`expected at most ${LARGEST_TENSOR} elements, found a result [${shape.join(', ')}]`);
    return this.folded(node);
  }

  /** The node itself, or the constant that it amounts to. */
  private folded(node: Node): Node {
    if (node.op === 'constant' || node.op === 'input' || sizeOf(node.type.shape) > LARGEST_KNOWN) return node;
    if (node.inputs.some((input) => this.known.get(input) === null)) {
      this.known.set(node, null);
      return node;
    }
    const value = evaluateKnown(node, this.known);
    return value === null ? node : this.b.constant(value);
  }
}

/** What a shape rule says; where a converter has stumbled over a form that it does not know, that form. */
function reasonOf(error: Error, { inputs }: Call): string {
  if (!(error instanceof TypeError || error instanceof RangeError)) return error.message;
  const found = inputs.map((input) => (input === null ? 'none' : formatType(input.type))).join(', ');
  return `expected inputs and attributes that fit the operator, found inputs ${found || 'none'}`;
}
