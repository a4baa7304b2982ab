import type { HostTensor, TensorType } from './type.ts';

/** A static setting of a node: part of what it computes, never a tensor computed at run time. */
export type Attribute = number | string | boolean | readonly number[] | HostTensor;
export type Attributes = Readonly<Record<string, Attribute>>;

/**
 * One value of a graph: an operation applied to earlier values.
 * Every node has exactly one output; `id` grows in the order of creation, so sorting by id
 * sorts topologically.
 */
export interface Node {
  readonly id: number;
  /** Name of the operation, a key of the op registry, or `input` or `constant`. */
  readonly op: string;
  readonly inputs: readonly Node[];
  readonly attributes: Attributes;
  readonly type: TensorType;
}

/** A named result of a graph. */
export interface Output {
  readonly name: string;
  readonly node: Node;
}

/** A whole computation: named inputs, named outputs, and the nodes between them in topological order. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly Node[];
  readonly outputs: readonly Output[];
  readonly nodes: readonly Node[];
}

/** The name of an input node. @throws when the node is not an input. */
export function inputName(node: Node): string {
  if (node.op !== 'input') throw new Error(`expected an input node, found '${node.op}' (%${node.id})`);
  return node.attributes.name as string;
}

/** The values of a constant node. @throws when the node is not a constant. */
export function constantValue(node: Node): HostTensor {
  if (node.op !== 'constant') throw new Error(`expected a constant node, found '${node.op}' (%${node.id})`);
  return node.attributes.value as HostTensor;
}

/** All nodes that `roots` depend on, the roots included, in topological order. */
export function ancestors(roots: readonly Node[]): Node[] {
  const seen = new Set<Node>();
  const pending = [...roots];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const input of node.inputs) if (!seen.has(input)) pending.push(input);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

/** The nodes among `nodes` (topologically ordered) that depend on any of `sources`, those included. */
export function dependents(nodes: readonly Node[], sources: Iterable<Node>): Set<Node> {
  const found = new Set<Node>(sources);
  for (const node of nodes) if (node.inputs.some((input) => found.has(input))) found.add(node);
  return found;
}

/**
 * A graph from its outputs: nodes that no output needs are left out.
 *
 * @param inputs the inputs in the order wanted; those that no output needs stay declared.
 * @throws when an output depends on an input that is not listed.
 */
export function graphOf(name: string, inputs: readonly Node[], outputs: readonly Output[]): Graph {
  const nodes = ancestors(outputs.map((output) => output.node));
  const declared = new Set(inputs);
  const missing = nodes.filter((node) => node.op === 'input' && !declared.has(node));
  if (missing.length > 0)
    throw new Error(`graph '${name}' uses inputs that are not listed: ${missing.map(inputName).join(', ')}`);
  return { name, inputs, outputs, nodes };
}
