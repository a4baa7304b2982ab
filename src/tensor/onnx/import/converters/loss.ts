/** Losses that an exported network may contain. */
import type { Node } from '../../../graph/node.ts';
import { moveAxis } from '../../../ops/define/move-axis.ts';
import type { Call } from './call.ts';
import type { ConverterTable } from './converter.ts';

/**
 * Negative log-likelihood of classes along axis 1, as both losses reduce it.
 * @param losses the loss of class `target` in each row: rows [n, classes] and targets [n] to [n].
 */
function reduced(call: Call, losses: (rows: Node, targets: Node) => Node): Node {
  const { b, node, dtype } = call;
  const scores = call.input(0);
  const classes = scores.type.shape[1] as number;
  const rows = b.reshape(moveAxis(b, scores, 1, scores.type.shape.length - 1), [-1, classes]);
  const labels = b.reshape(call.input(1), [-1]);
  const ignored = node.has('ignore_index') ? node.int('ignore_index', 0) : null;
  const counted = ignored === null ? null : b.logicalNot(b.equal(labels, ignored));
  const zero = call.integers([0], []);
  const targets = counted ? b.where(counted, labels, zero) : labels;
  const own = losses(rows, targets);
  const weights = call.optional(2) ? b.gather(call.input(2), targets) : null;
  const mask = counted ? b.cast(counted, dtype) : null;
  const share = weights && mask ? b.mul(weights, mask) : (weights ?? mask);
  const weighted = share ? b.mul(own, share) : own;
  const reduction = node.text('reduction', 'mean');
  if (reduction === 'none') return b.reshape(weighted, call.shape(1));
  const sum = b.reduceSum(weighted, [0], false);
  if (reduction === 'sum') return sum;
  return share ? b.div(sum, b.reduceSum(share, [0], false)) : b.div(sum, own.type.shape[0] as number);
}

export const LOSS: ConverterTable = {
  NegativeLogLikelihoodLoss: {
    since: 12,
    convert: (call) => reduced(call, (rows, targets) => call.b.neg(call.b.pick(rows, targets))),
  },
  SoftmaxCrossEntropyLoss: {
    since: 12,
    limits: 'without the log-probabilities as a second output',
    convert: (call) => [reduced(call, (rows, targets) => call.b.crossEntropy(rows, targets)), null],
  },
};
