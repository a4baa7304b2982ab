import { ancestors, dependents, type Node } from '../graph/node.ts';
import { requireType } from '../graph/shape.ts';
import { definitionOf } from '../ops/index.ts';
import type { OpBuilder } from '../ops/syntax.ts';

/**
 * Transpose of a linear map given as a graph: the map takes `inputs` to `outputs`, every node between
 * them linear in what comes from `inputs`.
 *
 * @param cotangents one for each output, of its type; null is a structural zero.
 * @returns the cotangents of `inputs`; null where no output depends on the input.
 * @throws when a node between is not linear.
 */
export function transposeLinear(
  b: OpBuilder,
  inputs: readonly Node[],
  outputs: readonly Node[],
  cotangents: readonly (Node | null)[],
): (Node | null)[] {
  const nodes = ancestors(outputs);
  const moving = dependents(nodes, inputs);
  const collected = new Map<Node, Node>();
  const collect = (node: Node, cotangent: Node) => {
    requireType(`cotangent of ${node.op} (%${node.id})`, node.type, cotangent.type);
    const earlier = collected.get(node);
    collected.set(node, earlier ? b.add(earlier, cotangent) : cotangent);
  };
  for (const [index, output] of outputs.entries()) {
    const cotangent = cotangents[index];
    if (cotangent && moving.has(output)) collect(output, cotangent);
  }
  const sources = new Set(inputs);
  for (const node of nodes.reverse()) {
    const cotangent = collected.get(node);
    if (!cotangent || sources.has(node)) continue;
    for (const [index, input] of node.inputs.entries())
      if (moving.has(input)) collect(input, pullBack(b, cotangent, node, index, moving));
  }
  return inputs.map((input) => collected.get(input) ?? null);
}

function pullBack(b: OpBuilder, cotangent: Node, node: Node, index: number, moving: ReadonlySet<Node>): Node {
  const op = definitionOf(node);
  const isLinearHere = op.kind === 'linear' && op.linearArguments(node).includes(index);
  const isBilinearHere = op.kind === 'bilinear' && !moving.has(node.inputs[1 - index] as Node);
  if (!isLinearHere && !isBilinearHere)
    throw new Error(
      `${node.op} (%${node.id}) is not linear in its argument ${index}: expected a linear graph`,
    );
  return (op as Extract<typeof op, { transpose: unknown }>).transpose(b, cotangent, node, index);
}
