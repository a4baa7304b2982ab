import type { AttributeProto, GraphProto, NodeProto, TensorProto } from 'onnx-buf';
import { UserError } from '../../../errors.ts';
import type { DType, HostTensor } from '../../graph/type.ts';
import type { StoredTensor } from './tensor-values.ts';

/** An input or output as the file declares it; an extent that stays open is a name, or null without one. */
export interface DeclaredValue {
  readonly name: string;
  readonly dtype: DType;
  /** Null when the file states no shape. */
  readonly dims: readonly (number | string | null)[] | null;
}

/** A graph of nodes: the main one, or a branch of a control-flow node. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initialisers: ReadonlyMap<string, StoredTensor>;
  /** Without those that are initialisers. */
  readonly inputs: readonly DeclaredValue[];
  readonly outputs: readonly string[];
}

interface AttributeReaders {
  readonly tensor: (proto: TensorProto) => HostTensor;
  readonly graph: (proto: GraphProto) => OnnxGraph;
}

const NAME_SCOPES = 'pkg.torch.onnx.name_scopes';
const REWRITES = 'pkg.onnxscript.rewriter.rule_name';

/** One node of an ONNX graph with its attributes by name. */
export class OnnxNode {
  readonly opType: string;
  /** '' for the standard operator set. */
  readonly domain: string;
  /** A missing optional input is ''. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The node's own name, or its first output's where it has none. */
  readonly name: string;
  /**
   * The modules that the node came from, from outside in, as PyTorch's exporters tell: in node names such as
   * `/encoder/layer.0/MatMul`, or in metadata. Empty when nothing is known.
   */
  readonly scope: readonly string[];
  /** Rules by which PyTorch's newer exporter has rewritten the node. */
  readonly rewrites: readonly string[];
  private readonly attributes: ReadonlyMap<string, AttributeProto>;
  private readonly readers: AttributeReaders;
  private readonly proto: NodeProto;

  constructor(proto: NodeProto, domain: string, readers: AttributeReaders) {
    this.opType = proto.opType;
    this.domain = domain;
    this.inputs = proto.input;
    this.outputs = proto.output;
    this.name = proto.name || proto.output.find((name) => name !== '') || proto.opType;
    this.scope = scopeOf(proto);
    this.rewrites = (metadata(proto, REWRITES) ?? '').split(', ').filter((rule) => rule !== '');
    this.attributes = new Map(proto.attribute.map((attribute) => [attribute.name, attribute]));
    this.readers = readers;
    this.proto = proto;
  }

  /** The same node with other inputs. */
  withInputs(inputs: readonly string[]): OnnxNode {
    return new OnnxNode(withFields(this.proto, { input: [...inputs] }), this.domain, this.readers);
  }

  /** The operator with its domain, as messages name it. */
  get operator(): string {
    return this.domain === '' ? this.opType : `${this.domain}.${this.opType}`;
  }

  has(name: string): boolean {
    return this.attributes.has(name);
  }
  int(name: string, fallback: number): number {
    const attribute = this.attributes.get(name);
    return attribute ? Number(attribute.i) : fallback;
  }
  float(name: string, fallback: number): number {
    return this.attributes.get(name)?.f ?? fallback;
  }
  text(name: string, fallback: string): string {
    const attribute = this.attributes.get(name);
    return attribute ? new TextDecoder().decode(attribute.s) : fallback;
  }
  texts(name: string): readonly string[] | null {
    const attribute = this.attributes.get(name);
    return attribute ? attribute.strings.map((bytes) => new TextDecoder().decode(bytes)) : null;
  }
  ints(name: string): readonly number[] | null {
    const attribute = this.attributes.get(name);
    return attribute ? attribute.ints.map(Number) : null;
  }
  floats(name: string): readonly number[] | null {
    return this.attributes.get(name)?.floats ?? null;
  }
  tensor(name: string): HostTensor | null {
    const proto = this.attributes.get(name)?.t;
    return proto ? this.readers.tensor(proto) : null;
  }
  /** A branch of a control-flow node. */
  graph(name: string): OnnxGraph {
    const proto = this.attributes.get(name)?.g;
    if (!proto)
      throw new UserError(`${this.operator} '${this.name}': expected the graph '${name}', found none.`);
    return this.readers.graph(proto);
  }
}

/** A message with other fields. A plain copy would lose the defaults of fields that the file leaves out. */
export function withFields<Message extends object>(message: Message, fields: Partial<Message>): Message {
  return Object.assign(Object.create(Object.getPrototypeOf(message)), message, fields);
}

const metadata = (proto: NodeProto, name: string): string | undefined =>
  proto.metadataProps.find(({ key }) => key === name)?.value;

function scopeOf(proto: NodeProto): string[] {
  const stated = metadata(proto, NAME_SCOPES);
  if (stated !== undefined) {
    // A list in Python's notation, each module with its full path and the call at the end.
    const modules = [...stated.matchAll(/'([^']*)'/g)].map(([, name]) => name as string);
    const innermost = modules
      .slice(0, -1)
      .filter((name) => name !== '')
      .at(-1);
    return innermost === undefined || innermost.startsWith('_') ? [] : [innermost];
  }
  if (!proto.name.startsWith('/')) return [];
  return proto.name.split('/').slice(1, -1);
}
