import type { Node } from '../../tensor/graph/node.ts';
import type { Trace } from '../models/model.ts';
import { convolution } from './convolution.ts';
import { linear } from './linear.ts';

/** The sizes of a selective state space. */
export interface StateSpaceSize {
  readonly sequences: number;
  readonly contextLength: number;
  /** Channels, each with a state of its own. */
  readonly innerWidth: number;
  /** Numbers in the state of one channel. */
  readonly stateSize: number;
  /** Features that the time steps of all channels are made of. */
  readonly timeStepRank: number;
}

/**
 * The depthwise convolution over time in which each position sees itself and the past: `<name>.weight` [innerWidth, 1,
 * kernel], `<name>.bias` [innerWidth].
 *
 * @param x [sequences * contextLength, innerWidth], rows sequence by sequence.
 * @returns the same shape.
 */
export function causalConvolution(
  trace: Trace,
  x: Node,
  name: string,
  { sequences, contextLength, innerWidth }: StateSpaceSize,
): Node {
  const { b, parameters } = trace;
  const kernel = parameters[`${name}.weight`]?.type.shape[2] ?? 1;
  const timeLast = b.transpose(b.reshape(x, [sequences, contextLength, innerWidth]), [0, 2, 1]);
  const padding = { low: [kernel - 1], high: [0] };
  const convolved = convolution(trace, timeLast, name, { groups: innerWidth, padding });
  return b.reshape(b.transpose(convolved, [0, 2, 1]), x.type.shape);
}

/**
 * Mamba's selective state space (Gu and Dao 2023, Algorithm 2): each channel has a state h_t = exp(step_t A) h_(t-1) +
 * step_t B_t x_t and returns C_t h_t + D x_t, where the time step of each channel, B and C come from x itself.
 * Parameters `<name>.x_proj.weight` [timeStepRank + 2 stateSize, innerWidth], `<name>.dt_proj.weight` [innerWidth,
 * timeStepRank] and `.bias` [innerWidth], `<name>.A_log` [innerWidth, stateSize] with A = -exp(A_log), `<name>.D`
 * [innerWidth].
 *
 * @param x [sequences * contextLength, innerWidth], rows sequence by sequence.
 * @returns the same shape.
 */
export function selectiveStateSpace(trace: Trace, x: Node, name: string, size: StateSpaceSize): Node {
  const { b, parameters } = trace;
  const { sequences, contextLength, innerWidth, stateSize, timeStepRank } = size;
  const rows = sequences * contextLength;
  const selected = linear(trace, x, `${name}.x_proj`);
  const part = (start: number, length: number) => b.sliceAxis(selected, 1, start, start + length);
  const step = b.softplus(linear(trace, part(0, timeStepRank), `${name}.dt_proj`));
  const inward = b.reshape(part(timeStepRank, stateSize), [rows, 1, stateSize]);
  const outward = b.reshape(part(timeStepRank + stateSize, stateSize), [rows, stateSize, 1]);
  const ofChannel = (value: Node) => b.reshape(value, [rows, innerWidth, 1]);
  const overTime = (value: Node) => b.reshape(value, [sequences, contextLength, innerWidth * stateSize]);
  const rate = b.neg(b.exp(parameters[`${name}.A_log`] as Node));
  const decay = b.exp(b.mul(ofChannel(step), rate));
  const driven = b.mul(ofChannel(b.mul(step, x)), inward);
  const states = b.linearScan(overTime(decay), overTime(driven), 1);
  const read = b.matmul(b.reshape(states, [rows, innerWidth, stateSize]), outward);
  return b.add(b.reshape(read, [rows, innerWidth]), b.mul(x, parameters[`${name}.D`] as Node));
}
