/** The registry: every operation by name. A name that is missing here does not exist anywhere. */
import type { InferType } from '../graph/builder.ts';
import type { Node } from '../graph/node.ts';
import { simplify } from '../graph/passes/algebra.ts';
import { abs } from './abs.ts';
import { add } from './add.ts';
import { broadcast } from './broadcast.ts';
import { cast } from './cast.ts';
import { clip } from './clip.ts';
import { concat } from './concat.ts';
import { conv } from './conv.ts';
import { convInputGradient } from './conv-input-gradient.ts';
import { convWeightGradient } from './conv-weight-gradient.ts';
import { cos } from './cos.ts';
import { crossEntropy } from './cross-entropy.ts';
import { crossEntropySlope } from './cross-entropy-slope.ts';
import { cumulativeSum } from './cumulative-sum.ts';
import type { OpDefinition } from './define/operation.ts';
import { div } from './div.ts';
import { equal } from './equal.ts';
import { erf } from './erf.ts';
import { exp } from './exp.ts';
import { gather } from './gather.ts';
import { gelu } from './gelu.ts';
import { geluSlope } from './gelu-slope.ts';
import { greater } from './greater.ts';
import { greaterEqual } from './greater-equal.ts';
import { inverseStd } from './inverse-std.ts';
import { less } from './less.ts';
import { lessEqual } from './less-equal.ts';
import { linearScan } from './linear-scan.ts';
import { log } from './log.ts';
import { logSoftmax } from './log-softmax.ts';
import { logicalAnd } from './logical-and.ts';
import { logicalNot } from './logical-not.ts';
import { logicalOr } from './logical-or.ts';
import { matmul } from './matmul.ts';
import { maximum } from './maximum.ts';
import { minimum } from './minimum.ts';
import { mul } from './mul.ts';
import { neg } from './neg.ts';
import { oneHot } from './one-hot.ts';
import { pad } from './pad.ts';
import { pick } from './pick.ts';
import { power } from './power.ts';
import { reciprocal } from './reciprocal.ts';
import { reduceMax } from './reduce-max.ts';
import { reduceMean } from './reduce-mean.ts';
import { reduceSum } from './reduce-sum.ts';
import { relu } from './relu.ts';
import { reshape } from './reshape.ts';
import { rsqrt } from './rsqrt.ts';
import { scatterAdd } from './scatter-add.ts';
import { sigmoid } from './sigmoid.ts';
import { sign } from './sign.ts';
import { silu } from './silu.ts';
import { siluSlope } from './silu-slope.ts';
import { sin } from './sin.ts';
import { slice } from './slice.ts';
import { softmax } from './softmax.ts';
import { softplus } from './softplus.ts';
import { sqrt } from './sqrt.ts';
import { standardize } from './standardize.ts';
import { step } from './step.ts';
import { sub } from './sub.ts';
import { OpBuilder } from './syntax.ts';
import { tanh } from './tanh.ts';
import { transpose } from './transpose.ts';
import { where } from './where.ts';
import { windowArgmax } from './window-argmax.ts';

export const OPS = {
  abs,
  add,
  broadcast,
  cast,
  clip,
  concat,
  conv,
  convInputGradient,
  convWeightGradient,
  cos,
  crossEntropySlope,
  crossEntropy,
  cumulativeSum,
  div,
  equal,
  erf,
  exp,
  gather,
  geluSlope,
  gelu,
  greaterEqual,
  greater,
  inverseStd,
  lessEqual,
  less,
  linearScan,
  logSoftmax,
  log,
  logicalAnd,
  logicalNot,
  logicalOr,
  matmul,
  maximum,
  minimum,
  mul,
  neg,
  oneHot,
  pad,
  pick,
  power,
  reciprocal,
  reduceMax,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  rsqrt,
  scatterAdd,
  sigmoid,
  sign,
  silu,
  siluSlope,
  sin,
  slice,
  softmax,
  softplus,
  sqrt,
  standardize,
  step,
  sub,
  tanh,
  transpose,
  where,
  windowArgmax,
} as const satisfies Readonly<Record<string, OpDefinition>>;

export type OpName = keyof typeof OPS;

/** The definition of a node's operation. @throws for an input, a constant or an unknown operation. */
export function definitionOf(node: Node): OpDefinition {
  return find(node.op);
}

function find(op: string): OpDefinition {
  if (!Object.hasOwn(OPS, op)) throw new Error(`expected an operation of the registry, found '${op}'`);
  return OPS[op as OpName];
}

/** The shape rules of all operations. */
export const inferType: InferType = (op, inputs, attributes) => find(op).infer(inputs, attributes);

/** A new graph builder that knows all operations and simplifies while it builds. */
export function newBuilder(): OpBuilder {
  return new OpBuilder(inferType, simplify);
}

/** A builder that builds literally, for tests and for passes that must see what they were given. */
export function literalBuilder(): OpBuilder {
  return new OpBuilder(inferType);
}
