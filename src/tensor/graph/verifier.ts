import type { InferType } from './builder.ts';
import { constantValue, type Graph, inputName, type Node } from './node.ts';
import { requireType } from './shape.ts';
import { allocate, formatType, sizeOf } from './type.ts';

/**
 * Checks that a graph is well formed: topological order, no foreign nodes, each node's type as its
 * shape rule gives it, outputs computed, names unique.
 * @throws naming the graph, the node and what was expected and found.
 */
export function verifyGraph(graph: Graph, infer: InferType): void {
  const known = new Set<Node>();
  for (const node of graph.nodes) {
    for (const input of node.inputs)
      if (!known.has(input))
        throw new Error(
          `graph '${graph.name}': ${node.op} (%${node.id}) uses %${input.id} before it is computed`,
        );
    known.add(node);
    verifyNode(graph, node, infer);
  }
  for (const { name, node } of graph.outputs)
    if (!known.has(node)) throw new Error(`graph '${graph.name}': output '${name}' is not computed`);
  requireUnique(graph, 'input', graph.inputs.map(inputName));
  requireUnique(
    graph,
    'output',
    graph.outputs.map((output) => output.name),
  );
}

function verifyNode(graph: Graph, node: Node, infer: InferType): void {
  const where = `graph '${graph.name}': ${node.op} (%${node.id})`;
  if (node.op === 'input') {
    if (!graph.inputs.includes(node)) throw new Error(`${where}: input '${inputName(node)}' is not declared`);
    return;
  }
  if (node.op === 'constant') {
    const { data } = constantValue(node);
    const { name } = allocate(node.type.dtype, 0).constructor;
    if (data.length !== sizeOf(node.type.shape)) throw new Error(`${where}: values do not fill its shape`);
    if (data.constructor.name !== name)
      throw new Error(
        `${where}: expected ${name} values for ${formatType(node.type)}, found ${data.constructor.name}`,
      );
    return;
  }
  const types = node.inputs.map((input) => input.type);
  requireType(where, infer(node.op, types, node.attributes), node.type);
}

function requireUnique(graph: Graph, kind: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`graph '${graph.name}': ${kind} '${twice}' is declared twice`);
}
