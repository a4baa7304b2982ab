import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../../src/tensor/graph/node.ts';
import { segmentGraph } from '../../../../src/tensor/graph/passes/segments.ts';
import type { HostTensor } from '../../../../src/tensor/graph/type.ts';
import { verifyGraph } from '../../../../src/tensor/graph/verifier.ts';
import { inferType, literalBuilder } from '../../../../src/tensor/ops/index.ts';
import { graphOfNodes, inputNames, numbers, operations, runGraph } from '../../evaluate.ts';
import { randomFeeds, randomGraph } from '../random-graph.ts';

/** Runs segments one after the other, each fed with inputs of the whole and results so far. */
async function runSegments(segments: readonly Graph[], feeds: Record<string, HostTensor>) {
  const values: Record<string, HostTensor> = { ...feeds };
  for (const segment of segments) {
    const needed = Object.fromEntries(inputNames(segment).map((name) => [name, values[name] as HostTensor]));
    const results = await runGraph(segment, needed);
    for (const [index, { name }] of segment.outputs.entries()) values[name] = results[index] as HostTensor;
  }
  return values;
}

describe('segments of a graph', () => {
  it('give every output of a random graph with the same bits, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        randomGraph,
        randomFeeds,
        fc.integer({ min: 1, max: 200 }),
        async (graph, feeds, bytes) => {
          const segments = segmentGraph(graph, inferType, bytes);
          for (const segment of segments) verifyGraph(segment, inferType);
          const found = await runSegments(segments, feeds);
          for (const [index, expected] of (await runGraph(graph, feeds)).entries())
            expect(numbers(found[graph.outputs[index]?.name as string])).toEqual(numbers(expected));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('compute nothing twice but views', () => {
    const b = literalBuilder();
    const x = b.input('x', { dtype: 'float64', shape: [4] });
    const first = b.exp(x);
    const second = b.tanh(b.reshape(first, [2, 2]));
    const third = b.mul(second, b.reshape(first, [2, 2]));
    const segments = segmentGraph(graphOfNodes([second, third]), inferType, 32);
    expect(segments.map(operations)).toEqual([
      ['exp', 'reshape', 'tanh'],
      ['reshape', 'mul'],
    ]);
    // What crosses is the source of the view, not a second copy of its elements.
    expect(segments[0]?.outputs.map(({ name }) => name)).toEqual(['y0', `crossing.${first.id}`]);
  });

  it('are the whole graph where its outputs are small', () => {
    const b = literalBuilder();
    const graph = graphOfNodes([b.exp(b.input('x', { dtype: 'float64', shape: [4] }))]);
    expect(segmentGraph(graph, inferType, 1000)).toEqual([graph]);
  });
});
