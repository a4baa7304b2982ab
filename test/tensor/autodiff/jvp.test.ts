import { describe, expect, it } from 'vitest';
import { jvp } from '../../../src/tensor/autodiff/jvp.ts';
import type { Node } from '../../../src/tensor/graph/node.ts';
import { printGraph } from '../../../src/tensor/graph/printer.ts';
import { newBuilder } from '../../../src/tensor/ops/index.ts';
import { graphOfNodes } from '../evaluate.ts';

const vector = { dtype: 'float64', shape: [3] } as const;

function layer() {
  const b = newBuilder();
  const [x, y, z, dx] = ['x', 'y', 'z', 'dx'].map((name) => b.input(name, vector)) as [
    Node,
    Node,
    Node,
    Node,
  ];
  return { b, x, y, z, dx };
}

describe('structural zeros', () => {
  it('are never built: only what depends on a seed appears', () => {
    const { b, x, y, z, dx } = layer();
    // The tangents of y and z are zero; so are those of exp(z), its product with y, and the second half of each sum.
    const output = b.add(b.mul(b.tanh(x), y), b.sub(b.mul(y, b.exp(z)), x));
    const [tangent] = jvp(b, [output], new Map([[x, dx]]));
    expect(`\n${printGraph(graphOfNodes([tangent as Node], 'tangent'))}`).toMatchInlineSnapshot(`
      "
      graph tangent(x: float64[3], y: float64[3], dx: float64[3])
        %1 = tanh(x) : float64[3]
        %2 = mul(%1, %1) : float64[3]
        %3 = sub(1, %2) : float64[3]
        %4 = mul(dx, %3) : float64[3]
        %5 = mul(%4, y) : float64[3]
        %6 = sub(%5, dx) : float64[3]
        return y0 = %6"
    `);
  });

  it('reach the caller as null', () => {
    const { b, x, y, dx } = layer();
    const seeds = new Map([[x, dx]]);
    expect(jvp(b, [b.exp(y), b.step(x), b.mul(y, b.sign(x))], seeds)).toEqual([null, null, null]);
    expect(jvp(b, [x, b.exp(x)], seeds)[0]).toBe(dx);
    expect(jvp(b, [b.exp(x)], new Map())).toEqual([null]);
  });

  it('become padding in a concatenation and nothing in a choice', () => {
    const { b, x, y, dx } = layer();
    const joined = b.concat([y, x], 0);
    const chosen = b.maximum(x, y);
    const tangents = jvp(b, [joined, chosen], new Map([[x, dx]])) as Node[];
    expect(`\n${printGraph(graphOfNodes(tangents, 'tangents'))}`).toMatchInlineSnapshot(`
      "
      graph tangents(x: float64[3], y: float64[3], dx: float64[3])
        %1 = pad(dx, low=[3], high=[0], interior=[0]) : float64[6]
        %2 = greater(x, y) : bool[3]
        %3 = cast(%2, dtype=float64) : float64[3]
        %4 = mul(dx, %3) : float64[3]
        return y0 = %1, y1 = %4"
    `);
  });
});

it('asks for tangents of the type of their primals', () => {
  const { b, x } = layer();
  const wrong = b.input('wrong', { dtype: 'float64', shape: [4] });
  expect(() => jvp(b, [b.exp(x)], new Map([[x, wrong]]))).toThrow(
    `tangent of %${x.id}: expected float64[3], found float64[4]`,
  );
});

it('takes seeds in the middle of a graph and does not look behind them', () => {
  const { b, x, y, dx } = layer();
  const hidden = b.exp(x);
  const [tangent] = jvp(b, [b.mul(hidden, y)], new Map([[hidden, dx]]));
  expect(graphOfNodes([tangent as Node]).nodes.map((node) => node.op)).toEqual(['input', 'input', 'mul']);
});
