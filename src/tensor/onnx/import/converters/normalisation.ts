/** Normalisation layers, softmax among them. */
import type { Node } from '../../../graph/node.ts';
import {
  affineByChannel,
  normaliseByStatistics,
  standardizeChannels,
  standardizeGroups,
} from '../../../ops/composites/normalisation.ts';
import { resample } from '../../../ops/composites/resample.ts';
import { alongAxis } from './axes.ts';
import type { Call } from './call.ts';
import type { ConverterTable } from './converter.ts';

const EPSILON = 1e-5;

function batchNorm(call: Call): (Node | null)[] {
  const { b, node } = call;
  const [x, scale, shift] = [call.input(0), call.input(1), call.input(2)];
  const epsilon = node.float('epsilon', EPSILON);
  if (node.int('training_mode', 0) === 1)
    return [affineByChannel(b, standardizeChannels(b, x, epsilon), scale, shift), null, null];
  const statistics = { mean: call.input(3), variance: call.input(4) };
  return [normaliseByStatistics(b, x, statistics, scale, shift, epsilon)];
}

function layerNorm(call: Call, isCentred: boolean): (Node | null)[] {
  const { b, node } = call;
  const x = call.input(0);
  const first = call.axis('axis', -1);
  const axes = x.type.shape.flatMap((_, axis) => (axis >= first ? [axis] : []));
  const scaled = b.mul(b.standardize(x, node.float('epsilon', EPSILON), axes, isCentred), call.input(1));
  const shift = isCentred ? call.optional(2) : null;
  return [shift ? b.add(scaled, shift) : scaled, null, null];
}

function groupNorm(call: Call): Node {
  const { b, node } = call;
  const x = call.input(0);
  const groups = node.int('num_groups', 1);
  const channels = x.type.shape[1] as number;
  // Operator set 18 had one scale for each group.
  const byChannel = (values: Node) => {
    const count = values.type.shape[0] as number;
    if (count === channels) return values;
    return b.reshape(b.broadcast(b.reshape(values, [count, 1]), [count, channels / count]), [channels]);
  };
  const standardized = standardizeGroups(b, x, groups, node.float('epsilon', EPSILON));
  return affineByChannel(b, standardized, byChannel(call.input(1)), byChannel(call.input(2)));
}

/** Before operator set 13 all axes from the given one on were one. */
function softmax(call: Call, operation: (x: Node) => Node): Node {
  const { b, opset } = call;
  const x = call.input(0);
  const axis = call.axis('axis', opset < 13 ? 1 : -1);
  if (opset >= 13) return alongAxis(b, x, axis, operation);
  const rows = x.type.shape.slice(0, axis).reduce((size, extent) => size * extent, 1);
  return b.reshape(operation(b.reshape(x, [rows, -1])), x.type.shape);
}

/** AlexNet's: x over a power of the mean square of neighbouring channels. */
function localResponse(call: Call): Node {
  const { b, node } = call;
  const x = call.input(0);
  const size = node.int('size', 1);
  const [alpha, beta, bias] = [node.float('alpha', 1e-4), node.float('beta', 0.75), node.float('bias', 1)];
  const before = Math.floor((size - 1) / 2);
  const channels = x.type.shape[1] as number;
  const sums = resample(b, b.mul(x, x), 1, channels, (i, j) =>
    j >= i - before && j <= i - before + size - 1 ? 1 : 0,
  );
  return b.mul(x, b.power(b.add(b.mul(sums, alpha / size), bias), -beta));
}

export const NORMALISATION: ConverterTable = {
  BatchNormalization: { since: 9, convert: batchNorm },
  InstanceNormalization: {
    since: 6,
    convert: (call) => {
      const x = call.input(0);
      const epsilon = call.node.float('epsilon', EPSILON);
      const standardized = standardizeGroups(call.b, x, x.type.shape[1] as number, epsilon);
      return affineByChannel(call.b, standardized, call.input(1), call.input(2));
    },
  },
  LayerNormalization: { since: 17, convert: (call) => layerNorm(call, true) },
  RMSNormalization: { since: 23, convert: (call) => layerNorm(call, false) },
  GroupNormalization: { since: 18, convert: groupNorm },
  LRN: { since: 1, convert: localResponse },
  Softmax: { since: 1, convert: (call) => softmax(call, (x) => call.b.softmax(x)) },
  LogSoftmax: { since: 1, convert: (call) => softmax(call, (x) => call.b.logSoftmax(x)) },
  MeanVarianceNormalization: {
    since: 9,
    convert: (call) => {
      const axes = call.node.ints('axes') ?? [0, 2, 3];
      return call.b.standardize(call.input(0), 1e-9, axes);
    },
  },
};
