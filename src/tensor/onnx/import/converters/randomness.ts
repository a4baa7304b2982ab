/** Randomness, which curvature has none of (paper D.1), and branches. */
import type { Node } from '../../../graph/node.ts';
import { sizeOf } from '../../../graph/type.ts';
import { tensorOf } from '../host-tensors.ts';
import type { Call } from './call.ts';
import type { ConverterTable } from './converter.ts';

function dropout(call: Call): Node[] {
  const { b } = call;
  const x = call.input(0);
  if (call.node.outputs.length < 2) return [x];
  call.claim(sizeOf(x.type.shape));
  return [x, b.constant(tensorOf('bool', x.type.shape, () => 1))];
}

/** What is drawn is replaced by its mean. */
function mean(call: Call, shape: readonly number[], value: number): Node {
  return call.b.broadcast(call.scalar(value), shape);
}

const middle = (call: Call) => (call.node.float('low', 0) + call.node.float('high', 1)) / 2;
const shapeAttribute = (call: Call) => call.node.ints('shape') ?? [];

function branch(call: Call): readonly Node[] {
  const condition = call.known(0);
  if (!condition)
    return call.fail(
      'expected a condition that follows from shapes and constants, found one that depends on the data; export the network without the branch',
    );
  const taken = Number(condition.data[0]) !== 0 ? 'then_branch' : 'else_branch';
  return call.context.branch(call.node.graph(taken));
}

export const RANDOMNESS: ConverterTable = {
  Dropout: { since: 1, limits: 'left out', convert: dropout },
  RandomNormal: {
    since: 1,
    limits: 'replaced by the mean',
    convert: (call) => mean(call, shapeAttribute(call), call.node.float('mean', 0)),
  },
  RandomNormalLike: {
    since: 1,
    limits: 'replaced by the mean',
    convert: (call) => mean(call, call.shape(0), call.node.float('mean', 0)),
  },
  RandomUniform: {
    since: 1,
    limits: 'replaced by the mean',
    convert: (call) => mean(call, shapeAttribute(call), middle(call)),
  },
  RandomUniformLike: {
    since: 1,
    limits: 'replaced by the mean',
    convert: (call) => mean(call, call.shape(0), middle(call)),
  },
  Bernoulli: {
    since: 15,
    limits: 'replaced by the probabilities',
    convert: (call) => call.b.cast(call.input(0), call.dtype),
  },
  If: { since: 1, limits: 'known conditions', convert: branch },
};
