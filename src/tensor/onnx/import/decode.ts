/** An ONNX file as plain data: nodes in order, stored tensors, inputs and outputs; local functions written out. */
import { fromBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  type FunctionProto,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type ValueInfoProto,
} from 'onnx-buf';
import { UserError } from '../../../errors.ts';
import { elementType } from './element-types.ts';
import { type DeclaredValue, type OnnxGraph, OnnxNode, withFields } from './onnx-graph.ts';
import { type ExternalData, storedTensor } from './tensor-values.ts';

/** A decoded file. */
export interface OnnxModel extends OnnxGraph {
  readonly producer: string;
  /** Version of each operator set by its domain; the standard one is ''. */
  readonly opsets: ReadonlyMap<string, number>;
  /** What PyTorch's exporter says an initialiser was: `PARAMETER`, `BUFFER`, ... */
  readonly roles: ReadonlyMap<string, string>;
}

/** The largest networks have some ten thousand. */
const MOST_NODES = 2 ** 20;

const ROLE_KEY = 'pkg.torch.export.graph_signature.InputSpec.kind';

/** Where a model's bytes came from. */
export interface OnnxOrigin {
  /** What the file is called in messages. */
  readonly name: string;
  /** Tensors whose values lie in files beside it; null where there can be none. */
  readonly external: ExternalData | null;
}

/** The message in an ONNX file. @param where it stands, for messages. @throws UserError when the bytes are none. */
export function modelMessage(bytes: Uint8Array, where: string): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    throw new UserError(
      `Expected an ONNX model${where}, found bytes that are none: ${(error as Error).message}.`,
    );
  }
}

/**
 * Decodes an ONNX model.
 * @param origin null when it came from no file.
 * @throws UserError when the bytes are no ONNX model.
 */
export function decodeOnnx(bytes: Uint8Array, origin: OnnxOrigin | null = null): OnnxModel {
  const where = origin ? ` in '${origin.name}'` : '';
  const model = modelMessage(bytes, where);
  if (!model.graph || model.graph.node.length === 0)
    throw new UserError(`Expected an ONNX model with nodes${where}, found none; is it an ONNX file?`);
  const functions = new Map(
    model.functions.map((body) => [functionKey(body.domain, body.name, body.overload), body]),
  );
  const roles = [...model.graph.input, ...model.graph.valueInfo].flatMap(({ name, metadataProps }) =>
    metadataProps.filter(({ key }) => key === ROLE_KEY).map(({ value }): [string, string] => [name, value]),
  );
  const graph = decodeGraph(model.graph, functions, origin?.external ?? null);
  checkOrder(graph);
  return {
    ...graph,
    producer: [model.producerName, model.producerVersion].filter((text) => text !== '').join(' '),
    opsets: new Map(model.opsetImport.map(({ domain, version }) => [plainDomain(domain), Number(version)])),
    roles: new Map(roles),
  };
}

type Functions = ReadonlyMap<string, FunctionProto>;

function decodeGraph(graph: GraphProto, functions: Functions, external: ExternalData | null): OnnxGraph {
  const initialisers = new Map(
    graph.initializer.map((proto) => [proto.name, storedTensor(proto, external)] as const),
  );
  return {
    nodes: writtenOut(graph.node, functions).map((node) => decodeNode(node, functions, external)),
    initialisers,
    inputs: graph.input.filter(({ name }) => !initialisers.has(name)).map(declaredValue),
    outputs: graph.output.map(({ name }) => name),
  };
}

function decodeNode(proto: NodeProto, functions: Functions, external: ExternalData | null): OnnxNode {
  return new OnnxNode(proto, plainDomain(proto.domain), {
    tensor: (tensor) => storedTensor(tensor, external).read(),
    graph: (graph) => decodeGraph(graph, functions, external),
  });
}

/** Nodes with each call of a function replaced by the function's body. */
function writtenOut(nodes: readonly NodeProto[], functions: Functions): readonly NodeProto[] {
  if (functions.size === 0) return nodes;
  const written: NodeProto[] = [];
  let count = 0;
  const write = (node: NodeProto, within: readonly FunctionProto[]): void => {
    // A few functions that call each other twice would be more nodes than there is time or memory for.
    if (++count > MOST_NODES)
      throw new UserError(`Expected at most ${MOST_NODES} nodes with all functions written out, found more.`);
    const body = functions.get(functionKey(node.domain, node.opType, node.overload));
    if (!body) {
      written.push(node);
      return;
    }
    if (within.includes(body))
      throw new UserError(`Expected functions that do not call themselves, found that '${body.name}' does.`);
    for (const inner of writeOut(node, body)) write(inner, [...within, body]);
  };
  for (const node of nodes) write(node, []);
  return written;
}

/** The nodes of a function's body, its values named after the call. */
function writeOut(call: NodeProto, body: FunctionProto): NodeProto[] {
  const names = new Map<string, string>();
  for (const [index, name] of body.input.entries()) names.set(name, call.input[index] ?? '');
  for (const [index, name] of body.output.entries()) names.set(name, call.output[index] ?? '');
  const prefix = `${call.name || call.output[0]}/`;
  const renamed = (name: string) => (name === '' ? '' : (names.get(name) ?? `${prefix}${name}`));
  const given = new Map([
    ...body.attributeProto.map((attribute): [string, AttributeProto] => [attribute.name, attribute]),
    ...call.attribute.map((attribute): [string, AttributeProto] => [attribute.name, attribute]),
  ]);
  return body.node.map((node) =>
    withFields(node, {
      name: `${prefix}${node.name || node.opType}`,
      input: node.input.map(renamed),
      output: node.output.map(renamed),
      attribute: node.attribute.flatMap((attribute) => {
        if (attribute.refAttrName === '') return [attribute];
        const value = given.get(attribute.refAttrName);
        return value ? [withFields(value, { name: attribute.name })] : [];
      }),
    }),
  );
}

/**
 * Checks that no value is computed twice, or needed before it is computed: the order of nodes is what tells that a
 * graph has no cycle.
 * @throws UserError naming the value and the node.
 */
function checkOrder({ nodes, initialisers, inputs }: OnnxGraph): void {
  const places = new Map<string, number>();
  for (const [place, { outputs, name }] of nodes.entries())
    for (const output of outputs) {
      if (output === '') continue;
      if (places.has(output) || initialisers.has(output) || inputs.some((input) => input.name === output))
        throw new UserError(
          `The node '${name}': expected a value of its own, found '${output}', which stands for another too; the file is not sound.`,
        );
      places.set(output, place);
    }
  for (const [place, { inputs: needed, name }] of nodes.entries()) {
    const late = needed.find((input) => (places.get(input) ?? -1) >= place);
    if (late !== undefined)
      throw new UserError(
        `The node '${name}': expected a value named '${late}' before it, found it computed later; the file is not sound.`,
      );
  }
}

function functionKey(domain: string, name: string, overload: string): string {
  return `${plainDomain(domain)}::${name}::${overload}`;
}

/** The standard operator set has two names. */
function plainDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

function declaredExtent(name: string, extent: number): number {
  if (Number.isSafeInteger(extent) && extent >= 0) return extent;
  throw new UserError(
    `The input '${name}': expected extents of at least 0, found ${extent}; leave them open, or export the network again.`,
  );
}

function declaredValue({ name, type }: ValueInfoProto): DeclaredValue {
  const tensor = type?.value.case === 'tensorType' ? type.value.value : null;
  if (!tensor)
    throw new UserError(`The input '${name}': expected a tensor, found a sequence, map or optional value.`);
  const dims = tensor.shape?.dim.map(({ value }) => {
    if (value.case === 'dimValue') return declaredExtent(name, Number(value.value));
    return value.case === 'dimParam' && value.value !== '' ? value.value : null;
  });
  return { name, dtype: elementType(tensor.elemType, `the input '${name}'`).dtype, dims: dims ?? null };
}
