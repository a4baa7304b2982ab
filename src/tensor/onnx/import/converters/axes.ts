/** Moves along axes that several converters share. */
import type { Node } from '../../../graph/node.ts';
import { sizeOf } from '../../../graph/type.ts';
import { moveAxis } from '../../../ops/define/move-axis.ts';
import type { OpBuilder } from '../../../ops/syntax.ts';
import type { Call } from './call.ts';

/** Elements of x along an axis by known numbers, each from 0; slices where the numbers are evenly spaced. */
export function takeAlong(call: Call, x: Node, axis: number, indices: readonly number[]): Node {
  const { b } = call;
  const [first = 0, second = first + 1] = indices;
  const step = second - first;
  const isEven = step > 0 && indices.every((index, i) => index === first + i * step);
  if (isEven) {
    const starts = x.type.shape.map((_, i) => (i === axis ? first : 0));
    const stops = x.type.shape.map((extent, i) => (i === axis ? (indices.at(-1) as number) + 1 : extent));
    const steps = x.type.shape.map((_, i) => (i === axis ? step : 1));
    return b.slice(x, starts, stops, steps);
  }
  return gatherAlong(b, x, axis, b.integers(indices));
}

/** Elements of x along an axis by the numbers of a graph value, whose axes take the place of that axis. */
export function gatherAlong(b: OpBuilder, x: Node, axis: number, ids: Node): Node {
  if (axis === 0) return b.gather(x, ids);
  const gathered = b.gather(moveAxis(b, x, axis, 0), ids);
  const count = ids.type.shape.length;
  // [ids, before, after] -> [before, ids, after]
  const rank = gathered.type.shape.length;
  const order = Array.from({ length: rank }, (_, i) => {
    if (i < axis) return count + i;
    return i < axis + count ? i - axis : i;
  });
  return b.transpose(gathered, order);
}

/** Any elements of x at known places of its flattened form, as a tensor of the given shape. */
export function pickFlat(call: Call, x: Node, shape: readonly number[], positions: readonly number[]): Node {
  const { b } = call;
  const flat = b.reshape(x, [sizeOf(x.type.shape)]);
  return b.gather(flat, call.integers(positions, shape));
}

/** An operation on the last axis done on another one. */
export function alongAxis(b: OpBuilder, x: Node, axis: number, operation: (x: Node) => Node): Node {
  const last = x.type.shape.length - 1;
  if (axis === last) return operation(x);
  return moveAxis(b, operation(moveAxis(b, x, axis, last)), last, axis);
}
