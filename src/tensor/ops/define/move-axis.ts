import type { Node } from '../../graph/node.ts';
import type { OpBuilder } from '../syntax.ts';

/** The same tensor with the axis `from` moved to position `to`, the others in their order. */
export function moveAxis(b: OpBuilder, x: Node, from: number, to: number): Node {
  const rest = x.type.shape.map((_, axis) => axis).filter((axis) => axis !== from);
  return b.transpose(x, [...rest.slice(0, to), from, ...rest.slice(to)]);
}
