/** Losses of outputs against targets, as PyTorch defines them, each the mean over what is counted. */
import { UserError } from '../../errors.ts';
import type { Node } from '../../tensor/graph/node.ts';
import {
  type DType,
  type FloatDType,
  formatType,
  sameShape,
  type TensorType,
} from '../../tensor/graph/type.ts';
import { moveAxis } from '../../tensor/ops/define/move-axis.ts';
import type { OpBuilder } from '../../tensor/ops/syntax.ts';

/** Names of losses; `none` takes the network's output, a scalar, for the loss. */
export const LOSS_NAMES = ['cross-entropy', 'nll', 'mse', 'bce', 'bce-with-logits', 'none'] as const;
export type LossName = (typeof LOSS_NAMES)[number];

/** The element type of a loss's targets; null for a loss without. */
export function targetDType(loss: LossName): DType | null {
  if (loss === 'none') return null;
  return loss === 'cross-entropy' || loss === 'nll' ? 'int64' : 'float32';
}

/** Targets of this class are not counted, as in PyTorch. */
export const IGNORED_CLASS = -100;

/** The class that a loss does not count; undefined for a loss without classes. */
export function ignoredClassOf(loss: LossName): number | undefined {
  return targetDType(loss) === 'int64' ? IGNORED_CLASS : undefined;
}

/** The loss of an output. @throws UserError when shapes do not fit. */
export function lossOf(b: OpBuilder, loss: LossName, output: Node, targets: Node | null): Node {
  if (loss === 'none') return scalarLoss(b, output);
  const wanted = targets as Node;
  switch (loss) {
    case 'cross-entropy':
      return overClasses(b, output, wanted, (rows, classes) => b.crossEntropy(rows, classes));
    case 'nll':
      return overClasses(b, output, wanted, (rows, classes) => b.neg(b.pick(rows, classes)));
    case 'mse': {
      const distance = b.sub(output, sameAs(output, wanted));
      return meanOf(b, b.mul(distance, distance));
    }
    case 'bce': {
      const yes = sameAs(output, wanted);
      const unlike = b.mul(b.sub(1, yes), b.log(b.sub(1, output)));
      return b.neg(meanOf(b, b.add(b.mul(yes, b.log(output)), unlike)));
    }
    case 'bce-with-logits': {
      const yes = sameAs(output, wanted);
      return meanOf(b, b.sub(b.softplus(output), b.mul(output, yes)));
    }
  }
}

/** Classes lie along the last axis, or, as PyTorch has them, along the second one. */
export function classAxis(output: TensorType, targets: TensorType): number {
  const { shape } = output;
  const isLast = sameShape(shape.slice(0, -1), targets.shape);
  const isSecond = shape.length > 1 && sameShape([...shape.slice(0, 1), ...shape.slice(2)], targets.shape);
  if (!isLast && !isSecond)
    throw new UserError(
      `The targets ${formatType(targets)} do not fit the output ${formatType(output)}: expected a class for each place, the output's shape without its last or its second axis.`,
    );
  // Both fit where extents agree: sequences have their classes last, images second.
  return isLast && (!isSecond || shape.length <= 3) ? shape.length - 1 : 1;
}

function overClasses(
  b: OpBuilder,
  output: Node,
  targets: Node,
  losses: (rows: Node, classes: Node) => Node,
): Node {
  const axis = classAxis(output.type, targets.type);
  const last = output.type.shape.length - 1;
  const count = output.type.shape[axis] as number;
  const rows = b.reshape(moveAxis(b, output, axis, last), [-1, count]);
  const labels = b.reshape(targets, [-1]);
  const counted = b.logicalNot(b.equal(labels, IGNORED_CLASS));
  const zero = b.constant({ dtype: 'int64', shape: [], data: BigInt64Array.of(0n) });
  const own = losses(rows, b.where(counted, labels, zero));
  const share = b.cast(counted, output.type.dtype as FloatDType);
  return b.div(b.reduceSum(b.mul(own, share), [0]), b.reduceSum(share, [0]));
}

function scalarLoss(b: OpBuilder, output: Node): Node {
  if (output.type.shape.some((extent) => extent !== 1))
    throw new UserError(
      `Expected an output that is the loss, a scalar, found ${formatType(output.type)}; say which loss to take (${LOSS_NAMES.slice(0, -1).join(', ')}), or which output it is.`,
    );
  return b.reshape(output, []);
}

function sameAs(output: Node, targets: Node): Node {
  if (sameShape(output.type.shape, targets.type.shape)) return targets;
  throw new UserError(
    `The targets ${formatType(targets.type)} do not fit the output ${formatType(output.type)}: expected the same shape.`,
  );
}

function meanOf(b: OpBuilder, x: Node): Node {
  return b.reduceMean(
    x,
    x.type.shape.map((_, axis) => axis),
  );
}
