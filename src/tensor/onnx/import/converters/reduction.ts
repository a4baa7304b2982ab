/** Sums, means and extremes over axes. */
import type { Node } from '../../../graph/node.ts';
import { normaliseAxis } from '../../../graph/shape.ts';
import type { HostTensor } from '../../../graph/type.ts';
import { reduceTensor } from '../host-tensors.ts';
import type { Call } from './call.ts';
import type { Converter, ConverterTable } from './converter.ts';

/** The axes of a reduction; without any, all axes, or none where the node says so. */
function axesOf(call: Call): number[] {
  const rank = call.rank(0);
  const given = call.intsOf('axes', 1);
  if (given && given.length > 0) return given.map((axis) => normaliseAxis(axis, rank));
  if (call.node.int('noop_with_empty_axes', 0) === 1) return [];
  return Array.from({ length: rank }, (_, axis) => axis);
}

const keepsAxes = (call: Call) => call.node.int('keepdims', 1) === 1;

type Reduce = (call: Call, x: Node, axes: readonly number[], keepDims: boolean) => Node;

function reduction(reduce: Reduce, combine?: (accumulated: number, x: number) => number): Converter {
  return {
    since: 1,
    ...(combine
      ? { fold: (call, [x]) => reduceTensor(x as HostTensor, axesOf(call), keepsAxes(call), combine) }
      : {}),
    convert: (call) => {
      const axes = axesOf(call);
      const x = call.input(0);
      return axes.length === 0 ? x : reduce(call, inFloats(call, x), axes, keepsAxes(call));
    },
  };
}

/** Sums of integers that depend on the data, such as lengths from a mask, are done in floats and stay so small. */
function inFloats(call: Call, x: Node): Node {
  return x.type.dtype === 'int64' ? call.b.cast(x, call.dtype) : x;
}

const reduceMin: Reduce = ({ b }, x, axes, keep) => b.neg(b.reduceMax(b.neg(x), axes, keep));

/** The product of an axis, element by element. */
const reduceProduct: Reduce = ({ b }, x, axes, keep) => {
  const reduced = axes.reduce<Node>((value, axis) => {
    const extent = value.type.shape[axis] as number;
    const pieces = Array.from({ length: extent }, (_, i) => b.sliceAxis(value, axis, i, i + 1));
    return pieces.reduce((product, piece) => b.mul(product, piece));
  }, x);
  return keep
    ? reduced
    : b.reshape(
        reduced,
        x.type.shape.filter((_, axis) => !axes.includes(axis)),
      );
};

const logSumExp: Reduce = ({ b }, x, axes, keep) => {
  const largest = b.reduceMax(x, axes, true);
  const sum = b.log(b.reduceSum(b.exp(b.sub(x, largest)), axes, true));
  const result = b.add(sum, largest);
  return keep
    ? result
    : b.reshape(
        result,
        x.type.shape.filter((_, axis) => !axes.includes(axis)),
      );
};

const square = ({ b }: Call, x: Node) => b.mul(x, x);

export const REDUCTION: ConverterTable = {
  ReduceSum: reduction(
    ({ b }, ...rest) => b.reduceSum(...rest),
    (sum, x) => sum + x,
  ),
  ReduceMean: reduction(({ b }, ...rest) => b.reduceMean(...rest)),
  ReduceMax: reduction(({ b }, ...rest) => b.reduceMax(...rest), Math.max),
  ReduceMin: reduction(reduceMin, Math.min),
  ReduceProd: reduction(reduceProduct, (product, x) => product * x),
  ReduceL1: reduction(({ b }, x, axes, keep) => b.reduceSum(b.abs(x), axes, keep)),
  ReduceL2: reduction((call, x, axes, keep) => call.b.sqrt(call.b.reduceSum(square(call, x), axes, keep))),
  ReduceSumSquare: reduction((call, x, axes, keep) => call.b.reduceSum(square(call, x), axes, keep)),
  ReduceLogSum: reduction(({ b }, x, axes, keep) => b.log(b.reduceSum(x, axes, keep))),
  ReduceLogSumExp: reduction(logSumExp),
  GlobalAveragePool: {
    since: 1,
    convert: (call) => call.b.reduceMean(call.input(0), spatialAxes(call), true),
  },
  GlobalMaxPool: {
    since: 1,
    convert: (call) => call.b.reduceMax(call.input(0), spatialAxes(call), true),
  },
  LpNormalization: {
    since: 1,
    convert: (call) => {
      const { b } = call;
      const x = call.input(0);
      const axes = [call.axis('axis', -1)];
      const norm =
        call.node.int('p', 2) === 1
          ? b.reduceSum(b.abs(x), axes, true)
          : b.sqrt(b.reduceSum(b.mul(x, x), axes, true));
      return b.div(x, norm);
    },
  },
};

function spatialAxes(call: Call): number[] {
  return call.shape(0).flatMap((_, axis) => (axis > 1 ? [axis] : []));
}
