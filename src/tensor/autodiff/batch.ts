import { dependents, type Graph, graphOf, inputName, type Node } from '../graph/node.ts';
import { replay } from '../graph/passes/rebuild.ts';
import { definitionOf, newBuilder } from '../ops/index.ts';

/**
 * A linear graph for several tangents at once: each of `tangents` and each output gets a leading axis of extent
 * `size`, and what does not depend on a tangent is computed once for all.
 *
 * @param graph linear in `tangents`, such as a tangent graph of `linearize`.
 * @throws when an operation between tangents and outputs is not linear.
 */
export function batchLinear(graph: Graph, tangents: readonly Node[], size: number): Graph {
  const b = newBuilder();
  const moving = dependents(graph.nodes, tangents);
  const placed = new Map<Node, Node>();
  for (const input of graph.inputs) {
    const { dtype, shape } = input.type;
    placed.set(
      input,
      b.input(inputName(input), moving.has(input) ? { dtype, shape: [size, ...shape] } : input.type),
    );
  }
  for (const node of graph.nodes) {
    if (placed.has(node)) continue;
    const inputs = node.inputs.map((input) => placed.get(input) as Node);
    if (!moving.has(node)) placed.set(node, replay(node, inputs, b));
    else {
      const op = definitionOf(node);
      if (op.kind !== 'linear' && op.kind !== 'bilinear')
        throw new Error(`${node.op} (%${node.id}) is not linear: expected a linear graph to batch`);
      const batched = node.inputs.map((input) => moving.has(input));
      placed.set(node, op.batch(b, node, inputs, batched, size));
    }
  }
  return graphOf(
    `${graph.name}, ${size} at once`,
    graph.inputs.map((input) => placed.get(input) as Node),
    graph.outputs.map(({ name, node }) => ({ name, node: placed.get(node) as Node })),
  );
}
