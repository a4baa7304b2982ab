import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateNode } from '../../../../src/tensor/engine/interpreter.ts';
import { onnxRuntimeEngine } from '../../../../src/tensor/engine/onnxruntime.ts';
import { constantValue, type Graph, graphOf } from '../../../../src/tensor/graph/node.ts';
import { simplifyAlgebra } from '../../../../src/tensor/graph/passes/algebra.ts';
import { mergeCommonSubexpressions } from '../../../../src/tensor/graph/passes/common-subexpressions.ts';
import { FOLDED_CONSTANT_LIMIT, foldConstants } from '../../../../src/tensor/graph/passes/constants.ts';
import { removeDeadCode } from '../../../../src/tensor/graph/passes/dead-code.ts';
import { mergeFactors } from '../../../../src/tensor/graph/passes/factors.ts';
import { optimizeGraph } from '../../../../src/tensor/graph/passes/index.ts';
import type { HostTensor } from '../../../../src/tensor/graph/type.ts';
import { verifyGraph } from '../../../../src/tensor/graph/verifier.ts';
import { inferType, literalBuilder } from '../../../../src/tensor/ops/index.ts';
import { graphOfNodes, inputNames, numbers, operations, runGraph } from '../../evaluate.ts';
import { randomFeeds, randomGraph } from '../random-graph.ts';

const vector = { dtype: 'float64', shape: [3] } as const;

const PASSES: Readonly<Record<string, (graph: Graph) => Graph>> = {
  'dead code': removeDeadCode,
  'common subexpressions': (graph) => mergeCommonSubexpressions(graph, inferType),
  constants: (graph) => foldConstants(graph, inferType, evaluateNode),
  algebra: (graph) => simplifyAlgebra(graph, inferType),
  factors: (graph) => mergeFactors(graph, inferType),
  'all passes': (graph) => optimizeGraph(graph, inferType, evaluateNode),
};

describe.each(Object.entries(PASSES))('%s', (_, pass) => {
  it('keeps every value of a random graph, which verifies and has no more operations', async () => {
    await fc.assert(
      fc.asyncProperty(randomGraph, randomFeeds, async (graph, feeds) => {
        const next = pass(graph);
        verifyGraph(next, inferType);
        expect(operations(next).length).toBeLessThanOrEqual(operations(graph).length);
        expect(inputNames(next)).toEqual(inputNames(graph));
        const [before, after] = await Promise.all([runGraph(graph, feeds), runGraph(next, feeds)]);
        for (const [index, value] of before.entries()) {
          expect(after[index]?.shape).toEqual(value.shape);
          // Adding 0 makes -0 and 0 one: a rule may change the sign of a zero, never a value.
          expect(numbers(after[index]).map((x) => x + 0)).toEqual(numbers(value).map((x) => x + 0));
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('dead code', () => {
  it('leaves out what no output needs and keeps inputs declared', () => {
    const b = literalBuilder();
    const [x, unused] = [b.input('x', vector), b.input('unused', vector)];
    const y = b.exp(x);
    const idle = b.log(x);
    const graph = graphOf('sample', [x, unused], [{ name: 'y', node: y }]);
    const swept = removeDeadCode({ ...graph, nodes: [x, unused, y, idle] });
    expect(operations(swept)).toEqual(['exp']);
    expect(inputNames(swept)).toEqual(['x', 'unused']);
  });
});

describe('common subexpressions', () => {
  it('computes an equal application once, also one made by two builders', () => {
    const [one, two] = [literalBuilder(), literalBuilder()];
    const x = one.input('x', vector);
    const twin = { ...two.exp(two.input('x', vector)), id: 50, inputs: [x] };
    const sum = { ...one.add(one.exp(x), one.exp(x)), id: 51, inputs: [one.exp(x), twin] };
    const graph = graphOfNodes([sum]);
    expect(operations(graph)).toEqual(['exp', 'exp', 'add']);
    expect(operations(mergeCommonSubexpressions(graph, inferType))).toEqual(['exp', 'add']);
  });
});

describe('factors', () => {
  const image = { dtype: 'float64', shape: [8, 16, 8, 8] } as const;
  const column = { dtype: 'float64', shape: [16, 1, 1] } as const;

  it('multiplies small factors first, so that the large tensor is passed over once', () => {
    const b = literalBuilder();
    const [x, c, d] = [b.input('x', image), b.input('c', column), b.input('d', column)];
    const merged = mergeFactors(graphOfNodes([b.mul(c, b.mul(x, d))]), inferType);
    const shapes = merged.nodes.filter((node) => node.op === 'mul').map((node) => node.type.shape);
    expect(shapes).toEqual([column.shape, image.shape]);
  });

  it('leaves factors alone whose product is as large, and products that others read', () => {
    const b = literalBuilder();
    const [x, c] = [b.input('x', image), b.input('c', column)];
    const plane = b.input('plane', { dtype: 'float64', shape: [8, 1, 8, 8] });
    const large = graphOfNodes([b.mul(b.mul(x, c), plane)]);
    expect(operations(mergeFactors(large, inferType))).toEqual(['mul', 'mul']);
    const scaled = b.mul(x, c);
    const shared = graphOfNodes([b.mul(scaled, c), scaled]);
    const shapes = mergeFactors(shared, inferType).nodes.filter((node) => node.op === 'mul');
    expect(shapes.map((node) => node.type.shape)).toEqual([image.shape, image.shape]);
  });
});

describe('constants', () => {
  it('computes operations on constants now, in the precision of the graph', async () => {
    const b = literalBuilder();
    const x = b.input('x', { dtype: 'float32', shape: [2] });
    const table = b.constant({ dtype: 'float32', shape: [2], data: Float32Array.of(0.1, 0.2) });
    const graph = graphOfNodes([b.mul(x, b.exp(b.mul(table, table)))]);
    const folded = foldConstants(graph, inferType, evaluateNode);
    expect(operations(folded)).toEqual(['mul']);
    verifyGraph(folded, inferType);
    // Bytes of another precision in a constant would show here and not in the reference interpreter.
    const feeds = { x: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 1) } as const };
    const [found] = await runGraph(folded, feeds, onnxRuntimeEngine({ threads: 1 }));
    const [expected] = await runGraph(graph, feeds);
    // Two roundings to float32, each of at most 2^-24 relative.
    for (const [index, value] of numbers(expected).entries())
      expect(Math.abs((numbers(found)[index] as number) - value)).toBeLessThan(4 * 2 ** -24 * value);
  });

  it('does not let a constant grow beyond the limit', () => {
    const b = literalBuilder();
    const fits = FOLDED_CONSTANT_LIMIT / 8;
    const spread = (size: number) => graphOfNodes([b.broadcast(b.scalar(1, 'float64'), [size])]);
    expect(operations(foldConstants(spread(fits), inferType, evaluateNode))).toEqual([]);
    expect(operations(foldConstants(spread(fits + 1), inferType, evaluateNode))).toEqual(['broadcast']);
  });

  it('leaves what depends on an input alone', () => {
    const b = literalBuilder();
    const graph = graphOfNodes([b.add(b.input('x', vector), b.exp(b.scalar(0, 'float64')))]);
    const folded = foldConstants(graph, inferType, evaluateNode);
    expect(operations(folded)).toEqual(['add']);
    const constants = folded.nodes.filter((node) => node.op === 'constant');
    expect(constants.map((node) => numbers(constantValue(node)))).toEqual([[1]]);
  });
});

describe('all passes', () => {
  it('name the pass that breaks a graph', () => {
    const b = literalBuilder();
    const graph = graphOfNodes([b.exp(b.constant({ ...vector, data: Float64Array.of(1, 2, 3) }))]);
    const broken = (): HostTensor => ({ dtype: 'float64', shape: [3], data: Float32Array.of(4, 5, 6) });
    expect(() => optimizeGraph(graph, inferType, broken)).toThrow(
      /the pass 'constants' broke the graph: graph 'test': constant \(%\d+\): expected Float64Array values/,
    );
  });
});
