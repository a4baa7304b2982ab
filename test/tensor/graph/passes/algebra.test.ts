import { describe, expect, it } from 'vitest';
import type { Node } from '../../../../src/tensor/graph/node.ts';
import { simplifyAlgebra } from '../../../../src/tensor/graph/passes/algebra.ts';
import { printGraph } from '../../../../src/tensor/graph/printer.ts';
import { inferType, literalBuilder, newBuilder } from '../../../../src/tensor/ops/index.ts';
import type { OpBuilder } from '../../../../src/tensor/ops/syntax.ts';
import { float64, graphOfNodes, numbers, runGraph } from '../../evaluate.ts';

const INPUTS = {
  x: float64([1.5, -2, 0.25, 3, -1, 0.5], [2, 3]),
  y: float64([0.75, 2, -3, 1, 4, -0.125], [2, 3]),
  v: float64([2, -1, 0.5], [3]),
  w: float64([5, 7], [2, 1]),
};

type Build = (b: OpBuilder, nodes: Readonly<Record<keyof typeof INPUTS, Node>>) => Node;

function graphFor(b: OpBuilder, build: Build) {
  const nodes = Object.fromEntries(Object.entries(INPUTS).map(([name, type]) => [name, b.input(name, type)]));
  return graphOfNodes([build(b, nodes as Record<keyof typeof INPUTS, Node>)]);
}

/** The printed lines between the head and the types: one expression a line. */
function body(graph: ReturnType<typeof graphFor>): string[] {
  return printGraph(graph)
    .split('\n')
    .slice(1)
    .map((line) => line.trim().replace(/ : .*/, '').replace('return y0 = ', '= '));
}

/** Each rule: what is built, and what is left of it. */
const RULES: readonly (readonly [rule: string, build: Build, left: readonly string[]])[] = [
  ['x + 0', (b, { x }) => b.add(x, 0), ['= x']],
  ['0 + x', (b, { x }) => b.add(0, x), ['= x']],
  ['x + (-y)', (b, { x, y }) => b.add(x, b.neg(y)), ['%1 = sub(x, y)', '= %1']],
  ['(-x) + y', (b, { x, y }) => b.add(b.neg(x), y), ['%1 = sub(y, x)', '= %1']],
  ['x - 0', (b, { x }) => b.sub(x, 0), ['= x']],
  ['0 - x', (b, { x }) => b.sub(0, x), ['%1 = neg(x)', '= %1']],
  ['x - (-y)', (b, { x, y }) => b.sub(x, b.neg(y)), ['%1 = add(x, y)', '= %1']],
  ['x * 1', (b, { x }) => b.mul(x, 1), ['= x']],
  ['1 * x', (b, { x }) => b.mul(1, x), ['= x']],
  ['x * -1', (b, { x }) => b.mul(x, -1), ['%1 = neg(x)', '= %1']],
  ['-1 * x', (b, { x }) => b.mul(-1, x), ['%1 = neg(x)', '= %1']],
  ['2 * (3 * x)', (b, { x }) => b.mul(2, b.mul(3, x)), ['%1 = mul(x, 6)', '= %1']],
  ['(x * 3) * 2', (b, { x }) => b.mul(b.mul(x, 3), 2), ['%1 = mul(x, 6)', '= %1']],
  ['2 * (-x)', (b, { x }) => b.mul(2, b.neg(x)), ['%1 = mul(x, -2)', '= %1']],
  ['(-x) * 3', (b, { x }) => b.mul(b.neg(x), 3), ['%1 = mul(x, -3)', '= %1']],
  ['0.5 * (2 * x)', (b, { x }) => b.mul(0.5, b.mul(2, x)), ['= x']],
  ['x / 1', (b, { x }) => b.div(x, 1), ['= x']],
  ['-(-x)', (b, { x }) => b.neg(b.neg(x)), ['= x']],
  ['x to the power 1', (b, { x }) => b.power(x, 1), ['= x']],
  ['a cast to the same type', (b, { x }) => b.cast(x, 'float64'), ['= x']],
  ['a reshape to the same shape', (b, { x }) => b.reshape(x, [2, 3]), ['= x']],
  [
    'a reshape of a reshape',
    (b, { x }) => b.reshape(b.reshape(x, [6]), [3, 2]),
    ['%1 = reshape(x, shape=[3, 2])', '= %1'],
  ],
  ['a reshape there and back', (b, { x }) => b.reshape(b.reshape(x, [6]), [2, 3]), ['= x']],
  ['a broadcast to the same shape', (b, { x }) => b.broadcast(x, [2, 3]), ['= x']],
  [
    'a broadcast of a broadcast',
    (b, { v }) => b.broadcast(b.broadcast(v, [1, 3]), [2, 3]),
    ['%1 = broadcast(v, shape=[2, 3])', '= %1'],
  ],
  ['an identity transposition', (b, { x }) => b.transpose(x, [0, 1]), ['= x']],
  ['two transpositions', (b, { x }) => b.transpose(b.transpose(x, [1, 0]), [1, 0]), ['= x']],
  [
    'two different transpositions',
    (b, { x }) => b.transpose(b.transpose(b.reshape(x, [1, 2, 3]), [1, 2, 0]), [1, 0, 2]),
    ['%1 = reshape(x, shape=[1, 2, 3])', '%2 = transpose(%1, permutation=[2, 1, 0])', '= %2'],
  ],
  ['a slice of everything', (b, { x }) => b.slice(x, [0, 0], [2, 3]), ['= x']],
  ['padding of width 0', (b, { x }) => b.pad(x, [0, 0], [0, 0]), ['= x']],
  ['a concatenation of one', (b, { x }) => b.concat([x], 1), ['= x']],
  ['a sum over no axis', (b, { x }) => b.reduceSum(x, []), ['= x']],
  [
    'a product with a transposed matrix',
    (b, { x, y }) => b.matmul(x, b.transpose(y, [1, 0])),
    ['%1 = matmul(x, y, transposeA=false, transposeB=true)', '= %1'],
  ],
  [
    'a product that reads a transposed matrix transposed',
    (b, { x, y }) => b.matmul(b.transpose(x, [1, 0]), y, true, true),
    ['%1 = matmul(x, y, transposeA=false, transposeB=true)', '= %1'],
  ],
  [
    'a sum with a repeated vector',
    (b, { x, v }) => b.add(x, b.broadcast(v, [2, 3])),
    ['%1 = add(x, v)', '= %1'],
  ],
  [
    'a repeated column divided',
    (b, { x, w }) => b.div(b.broadcast(w, [2, 3]), x),
    ['%1 = div(w, x)', '= %1'],
  ],
  [
    'a sum of two repeated vectors, of which one must stay',
    (b, { v, w }) => b.add(b.broadcast(v, [2, 3]), b.broadcast(w, [2, 3])),
    ['%1 = broadcast(v, shape=[2, 3])', '%2 = add(%1, w)', '= %2'],
  ],
  [
    'arithmetic on two numbers',
    (b, { x }) => b.maximum(x, b.sub(b.scalar(2, 'float64'), b.scalar(5, 'float64'))),
    ['%1 = maximum(x, -3)', '= %1'],
  ],
];

describe('the rules of algebra', () => {
  it.each(RULES)('%s', async (_, build, left) => {
    const literal = graphFor(literalBuilder(), build);
    const simpler = simplifyAlgebra(literal, inferType);
    expect(body(simpler)).toEqual(left);
    expect(body(literal)).not.toEqual(left);
    // The same rules while building.
    expect(body(graphFor(newBuilder(), build))).toEqual(left);
    const [before] = await runGraph(literal, INPUTS);
    const [after] = await runGraph(simpler, INPUTS);
    expect(after?.shape).toEqual(before?.shape);
    expect(numbers(after)).toEqual(numbers(before));
  });

  it.each([
    ['x + 0 where the zero has the larger shape', (b, { v }) => b.add(v, b.constant(float64([0], [1, 1])))],
    ['0 * x, which may be NaN', (b, { x }) => b.mul(0, x)],
    ['x + 1', (b, { x }) => b.add(x, 1)],
    [
      'a product with a transposition of other axes',
      (b, { x, y }) => b.matmul(b.transpose(b.reshape(x, [2, 1, 3]), [1, 0, 2]), b.reshape(y, [1, 3, 2])),
    ],
  ] as readonly (readonly [string, Build])[])('%s stays as it is', (_, build) => {
    const literal = graphFor(literalBuilder(), build);
    expect(body(simplifyAlgebra(literal, inferType))).toEqual(body(literal));
  });
});
