import { describe, expect, it } from 'vitest';
import { causalConvolution, selectiveStateSpace } from '../../../src/network/layers/selective-state-space.ts';
import { type Trace, withoutDropout } from '../../../src/network/models/model.ts';
import { RandomStream } from '../../../src/random/stream.ts';
import type { Node } from '../../../src/tensor/graph/node.ts';
import { type HostTensor, sizeOf } from '../../../src/tensor/graph/type.ts';
import { newBuilder } from '../../../src/tensor/ops/index.ts';
import { evaluate, float64, numbers } from '../../tensor/evaluate.ts';

const SIZE = { sequences: 2, contextLength: 5, innerWidth: 3, stateSize: 4, timeStepRank: 2 };
const SHAPES = {
  'layer.x_proj.weight': [2 + 2 * 4, 3],
  'layer.dt_proj.weight': [3, 2],
  'layer.dt_proj.bias': [3],
  'layer.A_log': [3, 4],
  'layer.D': [3],
  'conv.weight': [3, 1, 3],
  'conv.bias': [3],
} as const;

const drawn = (name: string, shape: readonly number[]) =>
  float64(new RandomStream(4, name).gaussian(sizeOf(shape)), shape);
const parameters = Object.fromEntries(
  Object.entries(SHAPES).map(([name, shape]) => [name, drawn(name, shape)]),
);
const input = drawn('x', [10, 3]);

/** The result of a layer, [sequences][time][channel]. */
async function outputOf(
  layer: (trace: Trace, x: Node) => Node,
  x: HostTensor,
  changed: Readonly<Record<string, HostTensor>> = {},
): Promise<number[]> {
  const b = newBuilder();
  const values = { ...parameters, ...changed };
  const nodes = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, b.input(name, value)]),
  );
  const trace = { b, parameters: nodes, batch: {}, dropout: withoutDropout };
  const [result] = await evaluate([layer(trace, b.input('x', x))], { ...values, x });
  return numbers(result);
}

const stateSpace = (trace: Trace, x: Node) => selectiveStateSpace(trace, x, 'layer', SIZE);
const convolved = (trace: Trace, x: Node) => causalConvolution(trace, x, 'conv', SIZE);

describe.each([
  ['the state space', stateSpace],
  ['the convolution', convolved],
] as const)('%s', (_, layer) => {
  it('lets each position see itself and the past of its own sequence', async () => {
    const before = await outputOf(layer, input);
    // Position 2 of the first sequence is row 2.
    const moved = float64(
      numbers(input).map((value, i) => (Math.floor(i / 3) === 2 ? value + 1 : value)),
      [10, 3],
    );
    const after = await outputOf(layer, moved);
    const changedRows = Array.from({ length: 10 }, (_, row) => row).filter((row) =>
      [0, 1, 2].some((channel) => before[3 * row + channel] !== after[3 * row + channel]),
    );
    expect(changedRows).toEqual([2, 3, 4]);
  });
});

describe('the state space', () => {
  it('is a loop over time', async () => {
    const found = await outputOf(stateSpace, input);
    for (const [i, value] of loop().entries())
      expect(Math.abs((found[i] as number) - value)).toBeLessThan(1e-12);
  });

  it('that selects nothing passes its input on, times D', async () => {
    const nothing = float64(new Float64Array(30), [10, 3]);
    const found = await outputOf(stateSpace, input, { 'layer.x_proj.weight': nothing });
    const skip = numbers(parameters['layer.D']);
    expect(found).toEqual(numbers(input).map((value, i) => value * (skip[i % 3] as number)));
  });
});

/** Algorithm 2 of Gu and Dao (2023) in float64; sums of at most ten terms of order one. */
function loop(): number[] {
  const [x, selection, weight, bias, logarithms, skip] = [
    input,
    ...['x_proj.weight', 'dt_proj.weight', 'dt_proj.bias', 'A_log', 'D'].map(
      (name) => parameters[`layer.${name}`],
    ),
  ].map(numbers) as [number[], number[], number[], number[], number[], number[]];
  const { sequences, contextLength, innerWidth, stateSize, timeStepRank } = SIZE;
  const dot = (length: number, term: (i: number) => number) =>
    Array.from({ length }, (_, i) => term(i)).reduce((sum, value) => sum + value, 0);
  const result: number[] = [];
  for (let sequence = 0; sequence < sequences; sequence++) {
    const state = new Float64Array(innerWidth * stateSize);
    for (let t = 0; t < contextLength; t++) {
      const row = (sequence * contextLength + t) * innerWidth;
      const selected = (feature: number) =>
        dot(innerWidth, (i) => (selection[feature * innerWidth + i] as number) * (x[row + i] as number));
      for (let channel = 0; channel < innerWidth; channel++) {
        const raw =
          (bias[channel] as number) +
          dot(timeStepRank, (i) => (weight[channel * timeStepRank + i] as number) * selected(i));
        const step = Math.log1p(Math.exp(raw));
        const read = dot(stateSize, (n) => {
          const at = channel * stateSize + n;
          const decay = Math.exp(-step * Math.exp(logarithms[at] as number));
          const driven = step * selected(timeStepRank + n) * (x[row + channel] as number);
          state[at] = decay * (state[at] as number) + driven;
          return (state[at] as number) * selected(timeStepRank + stateSize + n);
        });
        result.push(read + (skip[channel] as number) * (x[row + channel] as number));
      }
    }
  }
  return result;
}
