import { expect, it } from 'vitest';
import { gradient } from '../../../src/tensor/autodiff/gradient.ts';
import { graphOf } from '../../../src/tensor/graph/node.ts';
import { printGraph } from '../../../src/tensor/graph/printer.ts';
import { literalBuilder, newBuilder } from '../../../src/tensor/ops/index.ts';

it('prints a loss and its gradient, one node a line', () => {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float64', shape: [4, 3] });
  const weight = b.input('weight', { dtype: 'float64', shape: [2, 3] });
  const loss = b.reduceSum(b.tanh(b.matmul(x, weight, false, true)), [0, 1]);
  const [slope] = gradient(b, loss, [weight]);
  const graph = graphOf(
    'tanh layer',
    [x, weight],
    [
      { name: 'loss', node: loss },
      { name: 'slope', node: slope as typeof loss },
    ],
  );
  expect(`\n${printGraph(graph)}`).toMatchInlineSnapshot(`
    "
    graph tanh layer(x: float64[4, 3], weight: float64[2, 3])
      %1 = matmul(x, weight, transposeA=false, transposeB=true) : float64[4, 2]
      %2 = tanh(%1) : float64[4, 2]
      %3 = reduceSum(%2, axes=[0, 1], keepDims=false) : float64[]
      %4 = mul(%2, %2) : float64[4, 2]
      %5 = sub(1, %4) : float64[4, 2]
      %6 = reshape(1, shape=[1, 1]) : float64[1, 1]
      %7 = mul(%6, %5) : float64[4, 2]
      %8 = matmul(%7, x, transposeA=true, transposeB=false) : float64[2, 3]
      return loss = %3, slope = %8"
  `);
});

it('prints attributes, scalar constants in place and the first values of larger constants', () => {
  const b = literalBuilder();
  const x = b.input('x', { dtype: 'float32', shape: [2, 6] });
  const table = b.constant({
    dtype: 'float32',
    shape: [12],
    data: Float32Array.from({ length: 12 }, (_, i) => i / 2),
  });
  const shifted = b.add(b.mul(x, 2), b.reshape(table, [2, 6]));
  const part = b.sliceAxis(b.transpose(b.gelu(shifted, 'tanh'), [1, 0]), 0, 1, 3);
  expect(
    `\n${printGraph(graphOf('attributes', [x], [{ name: 'part', node: part }]))}`,
  ).toMatchInlineSnapshot(`
    "
    graph attributes(x: float32[2, 6])
      %1 = constant(value={0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, …}) : float32[12]
      %2 = mul(x, 2) : float32[2, 6]
      %3 = reshape(%1, shape=[2, 6]) : float32[2, 6]
      %4 = add(%2, %3) : float32[2, 6]
      %5 = gelu(%4, form=tanh) : float32[2, 6]
      %6 = transpose(%5, permutation=[1, 0]) : float32[6, 2]
      %7 = slice(%6, starts=[1, 0], stops=[3, 2], steps=[1, 1]) : float32[2, 2]
      return part = %7"
  `);
});
