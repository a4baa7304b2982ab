/** A graph as ONNX bytes. */
import { create, toBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { constantValue, type Graph, inputName, type Node } from '../graph/node.ts';
import { allocate, type DType, type FloatDType, type HostTensor, type TensorType } from '../graph/type.ts';
import { onnxDType } from '../ops/define/onnx-dtype.ts';
import type { EmitScope, EmittedAttribute } from '../ops/define/operation.ts';
import { definitionOf } from '../ops/index.ts';

/** The operator set that models are written in. */
export const ONNX_OPSET = 21;
/** The format version that goes with it. */
export const ONNX_IR_VERSION = 10;

/**
 * Writes a graph as an ONNX model. Inputs that nothing reads are left out; weights are inputs, not
 * initialisers, so that all sessions share them.
 */
export function emitOnnx(graph: Graph): Uint8Array {
  return toBinary(ModelProtoSchema, onnxModel(graph));
}

/** Writes a graph as an ONNX model that holds values of its inputs, by name, as initialisers. */
export function emitOnnxModel(graph: Graph, values: ReadonlyMap<string, HostTensor>): Uint8Array {
  return toBinary(ModelProtoSchema, onnxModel(graph, values));
}

/** Number of nodes that `emitOnnx` writes for a graph: an operation of ours may take several, an output one to name it. */
export function onnxNodeCount(graph: Graph): number {
  return onnxModel(graph).graph?.node.length ?? 0;
}

function onnxModel(graph: Graph, values: ReadonlyMap<string, HostTensor> = new Map()): ModelProto {
  const writer = new OnnxWriter();
  const names = new Map<Node, string>();
  for (const node of graph.nodes) names.set(node, writer.value(node, names));
  const outputs = graph.outputs.map(({ name, node }) => {
    writer.copy(names.get(node) as string, name);
    return valueInfo(name, node.type);
  });
  const used = graph.inputs.filter((input) => names.has(input));
  const stored = used.flatMap((input) => {
    const value = values.get(inputName(input));
    return value ? [tensorProto(inputName(input), value)] : [];
  });
  return create(ModelProtoSchema, {
    irVersion: BigInt(ONNX_IR_VERSION),
    producerName: 'hesscope',
    opsetImport: [{ domain: '', version: BigInt(ONNX_OPSET) }],
    graph: create(GraphProtoSchema, {
      name: graph.name,
      node: writer.nodes,
      initializer: [...stored, ...writer.initializers],
      input: used
        .filter((input) => !values.has(inputName(input)))
        .map((input) => valueInfo(inputName(input), input.type)),
      output: outputs,
    }),
  });
}

class OnnxWriter implements EmitScope {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  private readonly constants = new Map<string, string>();

  /** The ONNX name of a node's value, writing what computes it. */
  value(node: Node, names: ReadonlyMap<Node, string>): string {
    if (node.op === 'input') return inputName(node);
    if (node.op === 'constant') return this.constant(constantValue(node));
    const inputs = node.inputs.map((input) => names.get(input) as string);
    return definitionOf(node).emit(this, inputs, node);
  }

  node(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, EmittedAttribute>> = {},
  ): string {
    const output = `v${this.nodes.length}`;
    this.push(opType, inputs, [output], attributes);
    return output;
  }

  nodeWithOutputs(
    opType: string,
    inputs: readonly string[],
    count: number,
    attributes: Readonly<Record<string, EmittedAttribute>> = {},
  ): readonly string[] {
    const outputs = Array.from({ length: count }, (_, index) => `v${this.nodes.length}.${index}`);
    this.push(opType, inputs, outputs, attributes);
    return outputs;
  }

  /** Gives a value a graph output's name. The runtime removes the copy where it can. */
  copy(from: string, to: string): void {
    this.push('Identity', [from], [to], {});
  }

  constant(value: HostTensor): string {
    const key =
      value.data.length <= 64
        ? `${value.dtype} ${value.shape} ${Array.from(value.data as ArrayLike<unknown>, formatKey)}`
        : null;
    const known = key === null ? undefined : this.constants.get(key);
    if (known) return known;
    const name = `c${this.initializers.length}`;
    this.initializers.push(tensorProto(name, value));
    if (key !== null) this.constants.set(key, name);
    return name;
  }

  ints(values: readonly number[]): string {
    return this.constant({
      dtype: 'int64',
      shape: [values.length],
      data: BigInt64Array.from(values, BigInt),
    });
  }

  scalar(value: number, dtype: DType): string {
    const data = allocate(dtype as FloatDType, 1);
    data[0] = value;
    return this.constant({ dtype, shape: [], data });
  }

  private push(
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, EmittedAttribute>>,
  ): void {
    const attribute = Object.entries(attributes).map(([name, value]) => attributeProto(name, value));
    this.nodes.push(create(NodeProtoSchema, { opType, input: [...inputs], output: [...outputs], attribute }));
  }
}

function formatKey(value: unknown): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function attributeProto(name: string, value: EmittedAttribute): AttributeProto {
  if ('int' in value)
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.INT,
      i: BigInt(value.int),
    });
  if ('ints' in value)
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.INTS,
      ints: value.ints.map(BigInt),
    });
  if ('float' in value)
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.FLOAT, f: value.float });
  return create(AttributeProtoSchema, {
    name,
    type: AttributeProto_AttributeType.STRING,
    s: new TextEncoder().encode(value.text),
  });
}

function tensorProto(name: string, value: HostTensor): TensorProto {
  const { buffer, byteOffset, byteLength } = value.data;
  return create(TensorProtoSchema, {
    name,
    dataType: onnxDType(value.dtype),
    dims: value.shape.map(BigInt),
    rawData: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength).slice(),
  });
}

function valueInfo(name: string, type: TensorType): ValueInfoProto {
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: 'tensorType',
        value: {
          elemType: onnxDType(type.dtype),
          shape: { dim: type.shape.map(dimension) },
        },
      },
    },
  });
}

function dimension(extent: number): { value: { case: 'dimValue'; value: bigint } } {
  return { value: { case: 'dimValue', value: BigInt(extent) } };
}
