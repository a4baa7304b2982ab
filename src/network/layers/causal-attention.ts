import type { Node } from '../../tensor/graph/node.ts';
import { allocate, type FloatDType, type HostTensor } from '../../tensor/graph/type.ts';
import type { Trace } from '../models/model.ts';
import { linear } from './linear.ts';

export interface AttentionSize {
  readonly sequences: number;
  readonly contextLength: number;
  readonly heads: number;
  readonly width: number;
}

/**
 * Multi-head causal self-attention, written out (paper D.1: flash attention has no Hessian product).
 * Query, key and value are parameters of their own.
 *
 * @param x [sequences * contextLength, width], rows sequence by sequence.
 * @param name prefix of `query`, `key`, `value` and `proj`.
 * @returns [sequences * contextLength, width]
 */
export function causalAttention(
  trace: Trace,
  x: Node,
  name: string,
  size: AttentionSize,
  dropoutRate: number,
): Node {
  const { b, dropout } = trace;
  const headWidth = size.width / size.heads;
  // The scale 1 / sqrt(head width) multiplies the query, which is smaller than the scores.
  const query = b.mul(linear(trace, x, `${name}.query`), 1 / Math.sqrt(headWidth));
  const [q, k, v] = [query, linear(trace, x, `${name}.key`), linear(trace, x, `${name}.value`)].map((rows) =>
    splitHeads(trace, rows, size),
  ) as [Node, Node, Node];
  const scores = b.add(
    b.matmul(q, k, false, true),
    causalMask(trace, size.contextLength, x.type.dtype as FloatDType),
  );
  const attention = dropout(b.softmax(scores), dropoutRate, `${name}.attention`);
  const mixed = b.transpose(b.matmul(attention, v), [0, 2, 1, 3]);
  const joined = b.reshape(mixed, [size.sequences * size.contextLength, size.width]);
  return dropout(linear(trace, joined, `${name}.proj`), dropoutRate, `${name}.residual`);
}

/** [sequences * context, width] -> [sequences, heads, context, head width] */
function splitHeads(
  { b }: Trace,
  rows: Node,
  { sequences, contextLength, heads, width }: AttentionSize,
): Node {
  return b.transpose(b.reshape(rows, [sequences, contextLength, heads, width / heads]), [0, 2, 1, 3]);
}

/** Added to scores that must not count: exp of it is exactly 0, and it is finite, so that any infinity is a fault. */
const MASKED = -1e30;

/** The masking value above the diagonal, 0 elsewhere: [context, context]. */
function causalMask({ b }: Trace, contextLength: number, dtype: FloatDType): Node {
  const data = allocate(dtype, contextLength * contextLength);
  for (let row = 0; row < contextLength; row++)
    data.fill(MASKED, row * contextLength + row + 1, (row + 1) * contextLength);
  const mask: HostTensor = { dtype, shape: [contextLength, contextLength], data };
  return b.constant(mask);
}
