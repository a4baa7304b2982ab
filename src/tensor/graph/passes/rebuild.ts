import type { GraphBuilder } from '../builder.ts';
import { constantValue, type Graph, graphOf, inputName, type Node } from '../node.ts';

/**
 * Replays a graph in another builder; what that builder shares or simplifies is what the pass does.
 *
 * @param substitute gives the replacement of a node already replayed inputs and all, or null to replay it.
 */
export function rebuild(
  graph: Graph,
  builder: GraphBuilder,
  substitute: (node: Node, inputs: readonly Node[]) => Node | null = () => null,
): Graph {
  const replayed = new Map<Node, Node>();
  for (const input of graph.inputs) replayed.set(input, builder.input(inputName(input), input.type));
  for (const node of graph.nodes) {
    if (replayed.has(node)) continue;
    const inputs = node.inputs.map((input) => replayed.get(input) as Node);
    replayed.set(node, substitute(node, inputs) ?? replay(node, inputs, builder));
  }
  return graphOf(
    graph.name,
    graph.inputs.map((input) => replayed.get(input) as Node),
    graph.outputs.map(({ name, node }) => ({ name, node: replayed.get(node) as Node })),
  );
}

/** The same application in another builder. */
export function replay(node: Node, inputs: readonly Node[], builder: GraphBuilder): Node {
  return node.op === 'constant'
    ? builder.constant(constantValue(node))
    : builder.apply(node.op, inputs, node.attributes);
}
