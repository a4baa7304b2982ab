import { GraphBuilder } from '../graph/builder.ts';
import type { Attributes, Node } from '../graph/node.ts';
import { broadcastAxes, normaliseAxis } from '../graph/shape.ts';
import { allocate, type DType, type FloatDType, sameShape } from '../graph/type.ts';
import type { GeluForm } from './define/gelu-form.ts';
import { type Window, type WindowOptions, windowOf } from './define/window.ts';

/** A value, or a number that becomes a scalar constant of the other argument's element type. */
export type Operand = Node | number;

/** Window and groups of a convolution. */
export interface ConvolutionOptions extends WindowOptions {
  /** 1 if left out. */
  readonly groups?: number;
}

/** The operations as methods: what models and derivative rules are written in. */
export class OpBuilder extends GraphBuilder {
  /** A scalar constant. */
  scalar(value: number, dtype: FloatDType): Node {
    const data = allocate(dtype, 1);
    data[0] = value;
    return this.constant({ dtype, shape: [], data });
  }
  /** A one-dimensional int64 constant. */
  integers(values: readonly number[]): Node {
    return this.constant({
      dtype: 'int64',
      shape: [values.length],
      data: BigInt64Array.from(values, BigInt),
    });
  }

  add(x: Operand, y: Operand): Node {
    return this.binary('add', x, y);
  }
  sub(x: Operand, y: Operand): Node {
    return this.binary('sub', x, y);
  }
  mul(x: Operand, y: Operand): Node {
    return this.binary('mul', x, y);
  }
  div(x: Operand, y: Operand): Node {
    return this.binary('div', x, y);
  }
  maximum(x: Operand, y: Operand): Node {
    return this.binary('maximum', x, y);
  }
  minimum(x: Operand, y: Operand): Node {
    return this.binary('minimum', x, y);
  }
  equal(x: Operand, y: Operand): Node {
    return this.binary('equal', x, y);
  }
  less(x: Operand, y: Operand): Node {
    return this.binary('less', x, y);
  }
  lessEqual(x: Operand, y: Operand): Node {
    return this.binary('lessEqual', x, y);
  }
  greater(x: Operand, y: Operand): Node {
    return this.binary('greater', x, y);
  }
  greaterEqual(x: Operand, y: Operand): Node {
    return this.binary('greaterEqual', x, y);
  }
  logicalAnd(x: Node, y: Node): Node {
    return this.apply('logicalAnd', [x, y]);
  }
  logicalOr(x: Node, y: Node): Node {
    return this.apply('logicalOr', [x, y]);
  }
  logicalNot(x: Node): Node {
    return this.apply('logicalNot', [x]);
  }
  /** x where the condition holds, else y. */
  where(condition: Node, x: Node, y: Node): Node {
    return this.apply('where', [condition, x, y]);
  }

  neg(x: Node): Node {
    return this.apply('neg', [x]);
  }
  exp(x: Node): Node {
    return this.apply('exp', [x]);
  }
  log(x: Node): Node {
    return this.apply('log', [x]);
  }
  sqrt(x: Node): Node {
    return this.apply('sqrt', [x]);
  }
  rsqrt(x: Node): Node {
    return this.apply('rsqrt', [x]);
  }
  reciprocal(x: Node): Node {
    return this.apply('reciprocal', [x]);
  }
  power(x: Node, exponent: number): Node {
    return this.apply('power', [x], { exponent });
  }
  tanh(x: Node): Node {
    return this.apply('tanh', [x]);
  }
  sigmoid(x: Node): Node {
    return this.apply('sigmoid', [x]);
  }
  erf(x: Node): Node {
    return this.apply('erf', [x]);
  }
  relu(x: Node): Node {
    return this.apply('relu', [x]);
  }
  /** 1 where x > 0, else 0. */
  step(x: Node): Node {
    return this.apply('step', [x]);
  }
  abs(x: Node): Node {
    return this.apply('abs', [x]);
  }
  sign(x: Node): Node {
    return this.apply('sign', [x]);
  }
  gelu(x: Node, form: GeluForm = 'none'): Node {
    return this.apply('gelu', [x], { form });
  }
  geluSlope(x: Node, form: GeluForm = 'none'): Node {
    return this.apply('geluSlope', [x], { form });
  }
  silu(x: Node): Node {
    return this.apply('silu', [x]);
  }
  siluSlope(x: Node): Node {
    return this.apply('siluSlope', [x]);
  }
  softplus(x: Node): Node {
    return this.apply('softplus', [x]);
  }
  sin(x: Node): Node {
    return this.apply('sin', [x]);
  }
  cos(x: Node): Node {
    return this.apply('cos', [x]);
  }
  /** x kept between two finite numbers. */
  clip(x: Node, min: number, max: number): Node {
    return this.apply('clip', [x], { min, max });
  }
  cast(x: Node, dtype: DType): Node {
    return this.apply('cast', [x], { dtype });
  }

  /** The same elements under another shape; one extent may be -1 and is then computed. */
  reshape(x: Node, shape: readonly number[]): Node {
    const known = shape.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
    const size = x.type.shape.reduce((product, extent) => product * extent, 1);
    return this.apply('reshape', [x], {
      shape: shape.map((extent) => (extent === -1 ? size / known : extent)),
    });
  }
  /** Axis i of the result is axis `permutation[i]` of x. */
  transpose(x: Node, permutation: readonly number[]): Node {
    return this.apply('transpose', [x], { permutation });
  }
  broadcast(x: Node, shape: readonly number[]): Node {
    return this.apply('broadcast', [x], { shape });
  }
  slice(
    x: Node,
    starts: readonly number[],
    stops: readonly number[],
    steps: readonly number[] = starts.map(() => 1),
  ): Node {
    return this.apply('slice', [x], { starts, stops, steps });
  }
  /** The part of x from `start` to before `stop` along one axis. */
  sliceAxis(x: Node, axis: number, start: number, stop: number): Node {
    const at = normaliseAxis(axis, x.type.shape.length);
    const starts = x.type.shape.map((_, i) => (i === at ? start : 0));
    const stops = x.type.shape.map((extent, i) => (i === at ? stop : extent));
    return this.slice(x, starts, stops);
  }
  pad(
    x: Node,
    low: readonly number[],
    high: readonly number[],
    interior: readonly number[] = low.map(() => 0),
  ): Node {
    return this.apply('pad', [x], { low, high, interior });
  }
  concat(inputs: readonly Node[], axis: number): Node {
    return this.apply('concat', inputs, { axis: normaliseAxis(axis, (inputs[0] as Node).type.shape.length) });
  }

  reduceSum(x: Node, axes: readonly number[], keepDims = false): Node {
    return this.reduction('reduceSum', x, axes, keepDims);
  }
  reduceMean(x: Node, axes: readonly number[], keepDims = false): Node {
    return this.reduction('reduceMean', x, axes, keepDims);
  }
  reduceMax(x: Node, axes: readonly number[], keepDims = false): Node {
    return this.reduction('reduceMax', x, axes, keepDims);
  }
  /** Sum over the last axis, kept with extent 1. */
  sumLast(x: Node): Node {
    return this.reduceSum(x, [-1], true);
  }
  /** Mean over the last axis, kept with extent 1. */
  meanLast(x: Node): Node {
    return this.reduceMean(x, [-1], true);
  }
  /** Sums what broadcasting from `shape` repeated: the transpose of `broadcast`. */
  sumTo(x: Node, shape: readonly number[]): Node {
    if (sameShape(x.type.shape, shape)) return x;
    const axes = broadcastAxes(shape, x.type.shape);
    return this.reshape(this.reduceSum(x, axes, false), shape);
  }

  /** Matrix product over the last two axes; leading axes are a batch and broadcast. */
  matmul(x: Node, y: Node, transposeA = false, transposeB = false): Node {
    return this.apply('matmul', [x, y], { transposeA, transposeB });
  }
  /** Convolution: x [n, channels, ..extents], weight [outputs, channels / groups, ..kernel] -> [n, outputs, ..places]. */
  conv(x: Node, weight: Node, options: ConvolutionOptions = {}): Node {
    return this.apply('conv', [x, weight], convolutionAttributes(x, options));
  }
  /** Transposed convolution to given extents: x [n, outputs, ..places], weight as of the convolution that it transposes. */
  convTranspose(x: Node, weight: Node, extents: readonly number[], options: ConvolutionOptions = {}): Node {
    return this.apply('convInputGradient', [x, weight], { ...convolutionAttributes(x, options), extents });
  }
  /** Where the largest element of each window stands in the flattened x. */
  windowArgmax(x: Node, kernel: readonly number[], window: Window): Node {
    return this.apply('windowArgmax', [x], { kernel, ...window });
  }
  /** Running sum along an axis, from the end with `reverse`. */
  cumulativeSum(x: Node, axis: number, reverse = false): Node {
    return this.apply('cumulativeSum', [x], { axis: normaliseAxis(axis, x.type.shape.length), reverse });
  }
  /** h_t = a_t h_(t-1) + x_t along an axis of a; `transposed` runs from the end, h_t = a_(t+1) h_(t+1) + x_t. */
  linearScan(a: Node, x: Node, axis: number, transposed = false): Node {
    return this.apply('linearScan', [a, x], { axis: normaliseAxis(axis, a.type.shape.length), transposed });
  }
  /** Rows of a table by number: table [rows, ..r], ids int64 [..i] -> [..i, ..r]. */
  gather(table: Node, ids: Node): Node {
    return this.apply('gather', [table, ids]);
  }
  /** Sums rows into a table by number: the transpose of `gather`. */
  scatterAdd(updates: Node, ids: Node, rows: number): Node {
    return this.apply('scatterAdd', [updates, ids], { rows });
  }
  /** One element of each row of the last axis by number. */
  pick(x: Node, ids: Node): Node {
    return this.apply('pick', [x, ids]);
  }
  oneHot(ids: Node, depth: number, dtype: DType): Node {
    return this.apply('oneHot', [ids], { depth, dtype });
  }

  /** Softmax over the last axis. */
  softmax(x: Node): Node {
    return this.apply('softmax', [x]);
  }
  logSoftmax(x: Node): Node {
    return this.apply('logSoftmax', [x]);
  }
  /** Softmax cross-entropy of each row: logits [n, classes], targets int64 [n] -> [n]. */
  crossEntropy(logits: Node, targets: Node): Node {
    return this.apply('crossEntropy', [logits, targets]);
  }
  crossEntropySlope(logits: Node, targets: Node): Node {
    return this.apply('crossEntropySlope', [logits, targets]);
  }
  /** Zero mean (where `centred`) and unit variance over axes, the last one if none are given. */
  standardize(x: Node, epsilon: number, axes: readonly number[] = [-1], centred = true): Node {
    return this.apply('standardize', [x], { epsilon, axes: this.normalAxes(x, axes), centred });
  }
  /** 1 / sqrt(variance + epsilon) over the same axes, kept with extent 1. */
  inverseStd(x: Node, epsilon: number, axes: readonly number[] = [-1], centred = true): Node {
    return this.apply('inverseStd', [x], { epsilon, axes: this.normalAxes(x, axes), centred });
  }
  /** Layer normalisation over the last axis, a composite: standardize, then scale and optional shift. */
  layerNorm(x: Node, scale: Node, shift: Node | null, epsilon: number): Node {
    const scaled = this.mul(this.standardize(x, epsilon), scale);
    return shift ? this.add(scaled, shift) : scaled;
  }

  private reduction(op: string, x: Node, axes: readonly number[], keepDims: boolean): Node {
    return this.apply(op, [x], { axes: this.normalAxes(x, axes), keepDims });
  }

  private normalAxes(x: Node, axes: readonly number[]): number[] {
    return axes.map((axis) => normaliseAxis(axis, x.type.shape.length)).sort((a, b) => a - b);
  }

  private binary(op: string, x: Operand, y: Operand): Node {
    return this.apply(op, [this.operand(x, y), this.operand(y, x)]);
  }

  private operand(value: Operand, other: Operand): Node {
    if (typeof value !== 'number') return value;
    if (typeof other === 'number')
      throw new Error('expected at least one tensor argument, found two numbers');
    if (other.type.dtype === 'int64')
      return this.constant({ dtype: 'int64', shape: [], data: BigInt64Array.of(BigInt(value)) });
    return this.scalar(value, other.type.dtype as FloatDType);
  }
}

function convolutionAttributes(x: Node, options: ConvolutionOptions): Attributes {
  return { ...windowOf(x.type.shape.length - 2, options), groups: options.groups ?? 1 };
}
