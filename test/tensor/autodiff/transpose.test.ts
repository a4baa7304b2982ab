import { describe, expect, it } from 'vitest';
import { transposeLinear } from '../../../src/tensor/autodiff/transpose.ts';
import type { Node } from '../../../src/tensor/graph/node.ts';
import { newBuilder } from '../../../src/tensor/ops/index.ts';
import { evaluate, float64, numbers } from '../evaluate.ts';

const vector = { dtype: 'float64', shape: [2] } as const;

function start() {
  const b = newBuilder();
  return { b, t: b.input('t', vector), x: b.input('x', vector), g: b.input('g', vector) };
}

describe('the transpose of a linear graph', () => {
  it('adds up what comes back along every path', async () => {
    const { b, t, x, g } = start();
    // y1 = x t + t + t, y2 = -t: y1'g + y2'g = (x + 2 - 1) g.
    const outputs = [b.add(b.mul(x, t), b.add(t, t)), b.neg(t)];
    const [back] = transposeLinear(b, [t], outputs, [g, g]);
    const [values] = await evaluate([back as Node], { x: float64([3, -1]), g: float64([1, 10]) });
    expect(numbers(values)).toEqual([4, 0]);
  });

  it('of the identity is the identity', () => {
    const { b, t, g } = start();
    expect(transposeLinear(b, [t], [t], [g])).toEqual([g]);
  });

  it('gives null for inputs without use and for cotangents that are structurally zero', () => {
    const { b, t, x, g } = start();
    const idle = b.input('idle', vector);
    expect(transposeLinear(b, [t, idle], [b.mul(x, t)], [g])[1]).toBeNull();
    expect(transposeLinear(b, [t], [b.mul(x, t)], [null])).toEqual([null]);
    expect(transposeLinear(b, [t], [b.exp(x)], [g])).toEqual([null]);
  });

  it('transposes a matrix product in either argument', async () => {
    const b = newBuilder();
    const [m, t, g] = [
      b.input('m', { dtype: 'float64', shape: [2, 2] }),
      b.input('t', { dtype: 'float64', shape: [2, 1] }),
      b.input('g', { dtype: 'float64', shape: [2, 1] }),
    ];
    const feeds = { m: float64([1, 2, 3, 4], [2, 2]), g: float64([1, 10], [2, 1]) };
    const back = transposeLinear(b, [t], [b.matmul(m, t)], [g]) as Node[];
    expect(numbers((await evaluate(back, feeds))[0])).toEqual([31, 42]);
    const row = transposeLinear(b, [t], [b.matmul(t, m, true)], [b.transpose(g, [1, 0])]) as Node[];
    expect(numbers((await evaluate(row, feeds))[0])).toEqual([21, 43]);
  });
});

describe('a graph that is not linear', () => {
  it('is refused with the operation and the argument', () => {
    const { b, t, g } = start();
    const bent = b.exp(t);
    expect(() => transposeLinear(b, [t], [bent], [g])).toThrow(
      `exp (%${bent.id}) is not linear in its argument 0: expected a linear graph`,
    );
  });

  it('is refused where both factors of a product depend on the input', () => {
    const { b, t, g } = start();
    expect(() => transposeLinear(b, [t], [b.mul(t, b.neg(t))], [g])).toThrow(
      /mul \(%\d+\) is not linear in its argument 0/,
    );
  });

  it('is refused where an argument that is not linear depends on the input', () => {
    const { b, t, x, g } = start();
    expect(() => transposeLinear(b, [t], [b.div(x, t)], [g])).toThrow(
      /div \(%\d+\) is not linear in its argument 1/,
    );
  });
});
