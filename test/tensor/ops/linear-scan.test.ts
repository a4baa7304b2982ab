import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/random/stream.ts';
import { onnxRuntimeEngine } from '../../../src/tensor/engine/onnxruntime.ts';
import type { HostTensor } from '../../../src/tensor/graph/type.ts';
import { emitOnnx } from '../../../src/tensor/onnx/emit.ts';
import { newBuilder } from '../../../src/tensor/ops/index.ts';
import { evaluate, float64, graphOfNodes } from '../evaluate.ts';
import { relativeError } from './samples.ts';

const [sequences, length, states] = [2, 777, 3];
const shape = [sequences, length, states];
const engine = onnxRuntimeEngine({ threads: 1 });

/** Factors near 1, with which a state remembers a few hundred steps. */
const a = float64(
  new RandomStream(7, 'factors').uniform(sequences * length * states).map((u) => 0.98 + 0.02 * u),
  shape,
);
const x = float64(new RandomStream(7, 'inputs').gaussian(sequences * length * states), shape);

function recurrence(transposed: boolean): HostTensor {
  const h = new Float64Array(x.data.length);
  const at = (sequence: number, t: number, state: number) => (sequence * length + t) * states + state;
  for (let sequence = 0; sequence < sequences; sequence++)
    for (let state = 0; state < states; state++) {
      let previous = 0;
      for (let step = 0; step < length; step++) {
        const t = transposed ? length - 1 - step : step;
        const factor = transposed && t + 1 < length ? at(sequence, t + 1, state) : at(sequence, t, state);
        previous = Number(a.data[factor]) * previous + Number(x.data[at(sequence, t, state)]);
        h[at(sequence, t, state)] = previous;
      }
    }
  return float64(h, shape);
}

describe.each([false, true])('a scan of 777 steps, transposed: %s', (transposed) => {
  it('is the recurrence done step by step', async () => {
    const b = newBuilder();
    const h = b.linearScan(b.input('a', a), b.input('x', x), 1, transposed);
    const [found] = await evaluate([h], { a, x }, engine);
    // A thousand products and sums in another order, each rounded to 1e-16 of the largest state.
    expect(relativeError(found as HostTensor, recurrence(transposed))).toBeLessThan(1e-12);
  });
});

it('with factors of one is the running sum', async () => {
  const b = newBuilder();
  const input = b.input('x', x);
  const ones = b.broadcast(b.scalar(1, 'float64'), shape);
  for (const reverse of [false, true]) {
    const nodes = [b.linearScan(ones, input, 1, reverse), b.cumulativeSum(input, 1, reverse)];
    const [scan, sum] = await evaluate(nodes, { x }, engine);
    expect(relativeError(scan as HostTensor, sum as HostTensor)).toBeLessThan(1e-12);
  }
});

it('needs a few nodes more for twice the length', () => {
  const bytes = [256, 512].map((steps) => {
    const b = newBuilder();
    const type = { dtype: 'float32', shape: [1, steps, 4] } as const;
    return emitOnnx(graphOfNodes([b.linearScan(b.input('a', type), b.input('x', type), 1)])).length;
  }) as [number, number];
  // Eight halvings against nine; step by step it would be twice as many.
  expect(bytes[1]).toBeLessThan(1.2 * bytes[0]);
});

it('refuses shapes of which one does not end with the other', () => {
  const b = newBuilder();
  const [factors, inputs] = [b.input('a', a), b.input('x', { dtype: 'float64', shape: [length, states] })];
  expect(() => b.linearScan(factors, inputs, 1)).toThrow(
    /float64\[2, 777, 3\], float64\[777, 3\] and axis 1/,
  );
});
