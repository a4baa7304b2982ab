/** ONNX models of a few nodes, written by hand, for tests. */
import { create, toBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { type DType, type HostTensor, sizeOf } from '../../../../src/tensor/graph/type.ts';
import { onnxDType } from '../../../../src/tensor/ops/define/onnx-dtype.ts';

/** An attribute: a whole number is an integer, one in `{ float }` is not. */
export type AttributeValue =
  | number
  | string
  | readonly number[]
  | { float: number }
  | { texts: readonly string[] }
  | { graph: SmallModel }
  | HostTensor;

export interface SmallNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly name?: string;
  readonly domain?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface SmallModel {
  readonly nodes: readonly SmallNode[];
  readonly inputs: Readonly<Record<string, { dtype: DType; shape: readonly (number | string)[] }>>;
  readonly outputs: readonly string[];
  readonly initialisers?: Readonly<Record<string, HostTensor>>;
  readonly opset?: number;
}

/** The model as bytes. */
export function modelBytes(model: SmallModel): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 9n,
      opsetImport: [{ domain: '', version: BigInt(model.opset ?? 20) }],
      graph: graphProto(model),
    }),
  );
}

function graphProto({ nodes, inputs, outputs, initialisers = {} }: SmallModel): GraphProto {
  const value = (name: string, dtype: DType, shape: readonly (number | string)[]) =>
    create(ValueInfoProtoSchema, {
      name,
      type: {
        value: {
          case: 'tensorType',
          value: { elemType: onnxDType(dtype), shape: { dim: shape.map(dimension) } },
        },
      },
    });
  return create(GraphProtoSchema, {
    name: 'small',
    node: nodes.map(nodeProto),
    initializer: Object.entries(initialisers).map(([name, tensor]) => tensorProto(name, tensor)),
    input: Object.entries(inputs).map(([name, { dtype, shape }]) => value(name, dtype, shape)),
    output: outputs.map((name) => create(ValueInfoProtoSchema, { name })),
  });
}

function dimension(extent: number | string) {
  return typeof extent === 'number'
    ? { value: { case: 'dimValue' as const, value: BigInt(extent) } }
    : { value: { case: 'dimParam' as const, value: extent } };
}

function nodeProto({
  op,
  inputs,
  outputs,
  attributes = {},
  name = '',
  domain = '',
  metadata = {},
}: SmallNode): NodeProto {
  return create(NodeProtoSchema, {
    opType: op,
    name,
    domain,
    metadataProps: Object.entries(metadata).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    ),
    input: [...inputs],
    output: [...outputs],
    attribute: Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
  });
}

function attributeProto(name: string, value: AttributeValue): AttributeProto {
  const type = AttributeProto_AttributeType;
  if (typeof value === 'number')
    return create(AttributeProtoSchema, { name, type: type.INT, i: BigInt(value) });
  if (typeof value === 'string')
    return create(AttributeProtoSchema, { name, type: type.STRING, s: new TextEncoder().encode(value) });
  if (Array.isArray(value))
    return create(AttributeProtoSchema, { name, type: type.INTS, ints: (value as number[]).map(BigInt) });
  if ('float' in value) return create(AttributeProtoSchema, { name, type: type.FLOAT, f: value.float });
  if ('graph' in value)
    return create(AttributeProtoSchema, { name, type: type.GRAPH, g: graphProto(value.graph) });
  if ('texts' in value)
    return create(AttributeProtoSchema, {
      name,
      type: type.STRINGS,
      strings: value.texts.map((text) => new TextEncoder().encode(text)),
    });
  return create(AttributeProtoSchema, { name, type: type.TENSOR, t: tensorProto('', value as HostTensor) });
}

export function tensorProto(name: string, { dtype, shape, data }: HostTensor): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dataType: onnxDType(dtype),
    dims: shape.map(BigInt),
    rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength).slice(),
  });
}

/** Evenly spread numbers without a pattern: the fractional parts of multiples of the golden ratio. */
export function spreadNumbers(count: number, low = -1, high = 1, start = 1): number[] {
  return Array.from(
    { length: count },
    (_, i) => low + (high - low) * (((i + start) * 0.6180339887498949) % 1),
  );
}

export function floatTensor(shape: readonly number[], low = -1, high = 1, start = 1): HostTensor {
  const data = Float32Array.from(spreadNumbers(sizeOf(shape), low, high, start));
  return { dtype: 'float32', shape, data };
}

export function ints(values: readonly number[], shape: readonly number[] = [values.length]): HostTensor {
  return { dtype: 'int64', shape, data: BigInt64Array.from(values, BigInt) };
}

export function bools(values: readonly number[], shape: readonly number[] = [values.length]): HostTensor {
  return { dtype: 'bool', shape, data: Uint8Array.from(values) };
}

export function floats(values: readonly number[], shape: readonly number[] = [values.length]): HostTensor {
  return { dtype: 'float32', shape, data: Float32Array.from(values) };
}
