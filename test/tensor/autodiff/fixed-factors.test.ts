import { describe, expect, it } from 'vitest';
import { gatherFixedFactors } from '../../../src/tensor/autodiff/fixed-factors.ts';
import type { Node } from '../../../src/tensor/graph/node.ts';
import { newBuilder } from '../../../src/tensor/ops/index.ts';
import { evaluate, float64, graphOfNodes, numbers, operations } from '../evaluate.ts';

const type = (...shape: number[]) => ({ dtype: 'float64', shape }) as const;

function setting() {
  const b = newBuilder();
  const [x, y, t] = ['x', 'y', 't'].map((name) => b.input(name, type(3))) as [Node, Node, Node];
  return { b, x, y, t, a: b.exp(x), c: b.tanh(y) };
}

/** Operations that depend on the tangent. */
const passes = (output: Node) => operations(graphOfNodes([output])).filter((op) => op === 'mul').length;

describe('gathering fixed factors', () => {
  it('multiplies what does not depend on the tangent first', async () => {
    const { b, t, a, c } = setting();
    const [gathered] = gatherFixedFactors(b, [t], [b.mul(a, b.mul(t, c))], 'all') as [Node];
    const [left, right] = gathered.inputs as [Node, Node];
    expect(left.inputs).toEqual([a, c]);
    expect(right).toBe(t);
    const feeds = { x: float64([0, 1, -1]), y: float64([2, -1, 0.5]), t: float64([1, -2, 3]) };
    const [values] = await evaluate([gathered], feeds);
    const expected = [0, 1, 2].map((i) => {
      const at = (name: keyof typeof feeds) => numbers(feeds[name])[i] as number;
      return Math.exp(at('x')) * Math.tanh(at('y')) * at('t');
    });
    // Two roundings each of exp, tanh and the products.
    for (const [i, value] of numbers(values).entries())
      expect(Math.abs(value - (expected[i] as number))).toBeLessThan(
        1e-15 * Math.abs(expected[i] as number) * 4,
      );
  });

  it('leaves factors alone that are both needed elsewhere: their product would be one more residual', () => {
    const { b, t, a, c } = setting();
    const outputs = [b.mul(a, b.mul(t, c)), b.mul(a, t), b.add(b.mul(c, t), t)];
    const gathered = gatherFixedFactors(b, [t], outputs, 'all');
    expect(gathered).toEqual(outputs);
  });

  it('leaves factors of different shapes alone', () => {
    const { b, t, a } = setting();
    const row = b.exp(b.input('row', type(1)));
    const output = b.mul(a, b.mul(t, row));
    expect(gatherFixedFactors(b, [t], [output], 'all')).toEqual([output]);
  });

  it('leaves an inner product alone that something else reads', () => {
    const { b, t, a, c } = setting();
    const inner = b.mul(t, c);
    const outputs = [b.mul(a, inner), b.neg(inner)];
    expect(gatherFixedFactors(b, [t], outputs, 'all')).toEqual(outputs);
  });

  it('within a larger linearisation gathers only what that one keeps', () => {
    const { b, t, a, c } = setting();
    const output = b.mul(a, b.mul(t, c));
    expect(gatherFixedFactors(b, [t], [output], new Set([a, c]))).toEqual([output]);
    const [gathered] = gatherFixedFactors(b, [t], [output], new Set([b.mul(a, c)])) as [Node];
    expect(passes(gathered)).toBe(2);
    expect(gathered).not.toBe(output);
  });
});
