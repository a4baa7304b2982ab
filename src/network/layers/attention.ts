import type { Node } from '../../tensor/graph/node.ts';
import type { Trace } from '../models/model.ts';

export interface AttentionSize {
  readonly sequences: number;
  /** Positions in a sequence. */
  readonly contextLength: number;
  readonly heads: number;
  readonly width: number;
}

/** Query, key and value of all positions, each [sequences * contextLength, width], rows sequence by sequence. */
export type AttentionRows = readonly [query: Node, key: Node, value: Node];

/**
 * Multi-head attention, written out (paper D.1: flash attention has no Hessian product): softmax of the scaled scores
 * times the values.
 *
 * @param mask added to the scores, or null where every position sees all others of its sequence; it broadcasts to
 *   [sequences, heads, contextLength, contextLength].
 * @param dropout of the attention's weights.
 * @returns [sequences * contextLength, width], the heads joined; the projection is the caller's.
 */
export function attention(
  trace: Trace,
  [query, key, value]: AttentionRows,
  size: AttentionSize,
  mask: Node | null,
  dropout: { readonly rate: number; readonly site: string },
): Node {
  const { b } = trace;
  const headWidth = size.width / size.heads;
  // The scale 1 / sqrt(head width) multiplies the query, which is smaller than the scores.
  const scaled = b.mul(query, 1 / Math.sqrt(headWidth));
  const [q, k, v] = [scaled, key, value].map((rows) => splitHeads(trace, rows, size)) as [Node, Node, Node];
  const products = b.matmul(q, k, false, true);
  const scores = mask ? b.add(products, mask) : products;
  const weights = trace.dropout(b.softmax(scores), dropout.rate, dropout.site);
  const mixed = b.transpose(b.matmul(weights, v), [0, 2, 1, 3]);
  return b.reshape(mixed, [size.sequences * size.contextLength, size.width]);
}

/** [sequences * context, width] -> [sequences, heads, context, head width] */
function splitHeads(
  { b }: Trace,
  rows: Node,
  { sequences, contextLength, heads, width }: AttentionSize,
): Node {
  return b.transpose(b.reshape(rows, [sequences, contextLength, heads, width / heads]), [0, 2, 1, 3]);
}
