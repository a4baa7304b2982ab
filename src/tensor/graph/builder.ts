import type { Attributes, Node } from './node.ts';
import { formatType, type HostTensor, sizeOf, type TensorType } from './type.ts';

/** Shape rule of an operation: the type of its result. Throws when the inputs do not fit. */
export type InferType = (op: string, inputs: readonly TensorType[], attributes: Attributes) => TensorType;

/** A rule that may replace an application by a simpler value; null leaves it as it is. */
export type Rewrite = (
  builder: GraphBuilder,
  op: string,
  inputs: readonly Node[],
  attributes: Attributes,
  type: TensorType,
) => Node | null;

/** Constants up to this many elements are compared by value, so that equal ones become one node. */
const COMPARABLE_CONSTANT_SIZE = 64;

/**
 * Makes nodes and checks their shapes while they are made. Equal applications give the same node
 * (hash-consing), so common subexpressions never exist twice within one builder.
 */
export class GraphBuilder {
  private readonly infer: InferType;
  private readonly rewrite: Rewrite | null;
  private readonly known = new Map<string, Node>();
  private readonly inputsByName = new Map<string, Node>();
  private nextId = 0;

  /**
   * @param infer the shape rules of the operations.
   * @param rewrite a simplifier consulted before each new node; null builds literally.
   */
  constructor(infer: InferType, rewrite: Rewrite | null = null) {
    this.infer = infer;
    this.rewrite = rewrite;
  }

  /** An input of the graph. @throws when the name is taken by an input of another type. */
  input(name: string, type: TensorType): Node {
    const existing = this.inputsByName.get(name);
    if (existing) {
      if (formatType(existing.type) === formatType(type)) return existing;
      throw new Error(
        `input '${name}' was declared as ${formatType(existing.type)}, found ${formatType(type)}; give it another name`,
      );
    }
    const node = this.make('input', [], { name }, { dtype: type.dtype, shape: [...type.shape] });
    this.inputsByName.set(name, node);
    return node;
  }

  /** A new input under a name that no other input of this builder has: `<prefix>.<number>`. */
  freshInput(prefix: string, type: TensorType): Node {
    let number = this.nextId;
    while (this.inputsByName.has(`${prefix}.${number}`)) number++;
    return this.input(`${prefix}.${number}`, type);
  }

  /** A constant with its values in the graph; keep these small, each session holds a copy. */
  constant(value: HostTensor): Node {
    if (value.data.length !== sizeOf(value.shape))
      throw new Error(
        `a constant of type ${formatType(value)} needs ${sizeOf(value.shape)} values, found ${value.data.length}`,
      );
    const type = { dtype: value.dtype, shape: [...value.shape] };
    if (value.data.length > COMPARABLE_CONSTANT_SIZE) return this.make('constant', [], { value }, type);
    // -0 and 0 print alike but divide differently, so they are told apart.
    const values = Array.from(value.data as ArrayLike<number | bigint>, (x) =>
      Object.is(x, -0) ? '-0' : `${x}`,
    );
    const key = `constant ${formatType(type)} ${values.join(' ')}`;
    return this.remember(key, () => this.make('constant', [], { value }, type));
  }

  /**
   * The value of an operation applied to earlier values.
   * @throws when the operation's shape rule refuses the inputs; the message names both types.
   */
  apply(op: string, inputs: readonly Node[], attributes: Attributes = {}): Node {
    const type = this.infer(
      op,
      inputs.map((input) => input.type),
      attributes,
    );
    const simpler = this.rewrite?.(this, op, inputs, attributes, type);
    if (simpler) return simpler;
    const key = `${op} ${inputs.map((input) => input.id).join(' ')} ${JSON.stringify(attributes)}`;
    return this.remember(key, () => this.make(op, inputs, attributes, type));
  }

  private remember(key: string, create: () => Node): Node {
    const existing = this.known.get(key);
    if (existing) return existing;
    const node = create();
    this.known.set(key, node);
    return node;
  }

  private make(op: string, inputs: readonly Node[], attributes: Attributes, type: TensorType): Node {
    return { id: this.nextId++, op, inputs, attributes, type };
  }
}
