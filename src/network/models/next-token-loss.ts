import type { Node } from '../../tensor/graph/node.ts';
import type { Trace } from './model.ts';

/**
 * Mean cross-entropy of the next token: over all positions, or, where the batch says by `counted` (0 or 1 for each
 * position) which ones count, over those.
 *
 * @param logits [positions, vocabulary]; the batch has `targets` int64 [positions].
 */
export function nextTokenLoss({ b, batch }: Trace, logits: Node): Node {
  const own = b.crossEntropy(logits, batch.targets as Node);
  const { counted } = batch;
  if (!counted) return b.reduceMean(own, [0]);
  return b.div(b.reduceSum(b.mul(own, counted), [0]), b.reduceSum(counted, [0]));
}
