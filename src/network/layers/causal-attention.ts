import type { Node } from '../../tensor/graph/node.ts';
import { allocate, type FloatDType, type HostTensor } from '../../tensor/graph/type.ts';
import type { Trace } from '../models/model.ts';
import { type AttentionSize, attention } from './attention.ts';
import { linear } from './linear.ts';

/**
 * Multi-head self-attention in which each position sees itself and the past. Query, key and value are parameters of
 * their own.
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
  const mixed = attention(
    trace,
    [linear(trace, x, `${name}.query`), linear(trace, x, `${name}.key`), linear(trace, x, `${name}.value`)],
    size,
    causalMask(trace, size.contextLength, x.type.dtype as FloatDType),
    { rate: dropoutRate, site: `${name}.attention` },
  );
  return trace.dropout(linear(trace, mixed, `${name}.proj`), dropoutRate, `${name}.residual`);
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
