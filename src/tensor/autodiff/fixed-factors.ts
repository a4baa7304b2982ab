import { ancestors, dependents, type Node } from '../graph/node.ts';
import { replay } from '../graph/passes/rebuild.ts';
import { sameShape } from '../graph/type.ts';
import type { OpBuilder } from '../ops/syntax.ts';
import type { ResidualDetail } from './linearize.ts';

/**
 * Gathers what does not depend on the tangents: a (b t) becomes (a b) t where a and b are fixed and of one shape. The
 * product of the fixed factors is then computed once, in the primal part; each later product makes one pass less, and
 * one residual is kept instead of two. Left alone where both factors are needed elsewhere too.
 *
 * @param outputs linear in `tangents`, of builder `b`.
 * @param choice as for `linearize`: within a larger linearisation only what that one gathered too.
 * @returns equal outputs.
 */
export function gatherFixedFactors(
  b: OpBuilder,
  tangents: readonly Node[],
  outputs: readonly Node[],
  choice: ResidualDetail | ReadonlySet<Node>,
): readonly Node[] {
  const nodes = ancestors(outputs);
  const moving = dependents(nodes, tangents);
  const uses = countUses([...moving], outputs);
  const placed = new Map<Node, Node>();
  const at = (node: Node) => placed.get(node) ?? node;
  for (const node of nodes) {
    if (!moving.has(node) || node.op === 'input') continue;
    const scaling = scalingOf(node, moving);
    const inner = scaling && uses.get(scaling.tangent) === 1 ? scalingOf(scaling.tangent, moving) : null;
    const factor = scaling && inner && gathered(b, scaling.factor, inner.factor, uses, choice);
    placed.set(
      node,
      factor && inner ? b.mul(factor, at(inner.tangent)) : replay(node, node.inputs.map(at), b),
    );
  }
  return outputs.map(at);
}

/** The product of two fixed factors, or null where it is not worth keeping. */
function gathered(
  b: OpBuilder,
  outer: Node,
  inner: Node,
  uses: ReadonlyMap<Node, number>,
  choice: ResidualDetail | ReadonlySet<Node>,
): Node | null {
  if (!sameShape(outer.type.shape, inner.type.shape)) return null;
  if (Math.min(uses.get(outer) as number, uses.get(inner) as number) > 1) return null;
  const product = b.mul(outer, inner);
  return typeof choice === 'string' || choice.has(product) ? product : null;
}

/** A product of a fixed factor and something that depends on the tangents; null for all else. */
function scalingOf(node: Node, moving: ReadonlySet<Node>): { factor: Node; tangent: Node } | null {
  if (node.op !== 'mul') return null;
  const [x, y] = node.inputs as [Node, Node];
  if (moving.has(x) === moving.has(y)) return null;
  return moving.has(x) ? { factor: y, tangent: x } : { factor: x, tangent: y };
}

/** How often each node is read by `readers` and `outputs`. */
function countUses(readers: readonly Node[], outputs: readonly Node[]): Map<Node, number> {
  const uses = new Map<Node, number>();
  for (const node of [...readers.flatMap(({ inputs }) => inputs), ...outputs])
    uses.set(node, (uses.get(node) ?? 0) + 1);
  return uses;
}
