import { ancestors, type Node } from '../graph/node.ts';
import { requireType } from '../graph/shape.ts';
import type { LinearOp, OpDefinition } from '../ops/define/operation.ts';
import { definitionOf } from '../ops/index.ts';
import type { OpBuilder } from '../ops/syntax.ts';

/** Tangents of nodes; a node that is missing has a structural zero. */
export type Tangents = ReadonlyMap<Node, Node>;

/**
 * Forward-mode derivative: tangents of `outputs` for given tangents of earlier nodes. Only nodes that
 * depend on a seed get a tangent; structural zeros are never built.
 *
 * @param seeds tangents of the primals, each of its primal's type.
 * @returns one tangent for each output, null where the output does not depend on any seed.
 */
export function jvp(b: OpBuilder, outputs: readonly Node[], seeds: Tangents): (Node | null)[] {
  for (const [primal, tangent] of seeds) requireType(`tangent of %${primal.id}`, primal.type, tangent.type);
  const tangents = new Map<Node, Node>(seeds);
  for (const node of ancestors(outputs)) {
    if (tangents.has(node)) continue;
    const arriving = node.inputs.map((input) => tangents.get(input) ?? null);
    if (arriving.every((tangent) => tangent === null)) continue;
    const tangent = pushForward(b, node, arriving);
    if (tangent) tangents.set(node, tangent);
  }
  return outputs.map((output) => tangents.get(output) ?? null);
}

/** Tangent of one node's result; null when no argument that carries a tangent matters. */
function pushForward(b: OpBuilder, node: Node, tangents: readonly (Node | null)[]): Node | null {
  const op: OpDefinition = definitionOf(node);
  if (op.kind === 'nondifferentiable') return null;
  const tangent =
    op.kind === 'linear'
      ? linearTangent(b, op, node, tangents)
      : op.kind === 'bilinear'
        ? productRule(b, node, tangents)
        : op.jvp(b, node, tangents);
  if (tangent) requireType(`tangent of ${node.op} (%${node.id})`, node.type, tangent.type);
  return tangent;
}

function linearTangent(
  b: OpBuilder,
  op: LinearOp,
  node: Node,
  tangents: readonly (Node | null)[],
): Node | null {
  if (op.jvp) return op.jvp(b, node, tangents);
  const linear = op.linearArguments(node);
  const present = linear.filter((index) => tangents[index] !== null);
  if (present.length === 0) return null;
  if (present.length < linear.length)
    throw new Error(
      `${op.name}: expected a tangent for each of its ${linear.length} linear arguments; give it a jvp rule`,
    );
  const inputs = node.inputs.map((input, index) =>
    linear.includes(index) ? (tangents[index] as Node) : input,
  );
  return b.apply(node.op, inputs, node.attributes);
}

function productRule(b: OpBuilder, node: Node, tangents: readonly (Node | null)[]): Node {
  const terms = tangents.flatMap((tangent, index) => {
    if (!tangent) return [];
    const inputs = node.inputs.map((input, i) => (i === index ? tangent : input));
    return [b.apply(node.op, inputs, node.attributes)];
  });
  return terms.reduce((sum, term) => b.add(sum, term));
}
