import { describe, expect, it } from 'vitest';
import { type Graph, graphOf, type Node } from '../../../src/tensor/graph/node.ts';
import { verifyGraph } from '../../../src/tensor/graph/verifier.ts';
import { inferType, literalBuilder } from '../../../src/tensor/ops/index.ts';

const vector = { dtype: 'float64', shape: [3] } as const;

function sound() {
  const b = literalBuilder();
  const x = b.input('x', vector);
  const shifted = b.add(x, b.constant({ ...vector, data: Float64Array.of(1, 2, 3) }));
  const y = b.exp(shifted);
  return { b, x, shifted, y, graph: graphOf('sample', [x], [{ name: 'y', node: y }]) };
}

const check = (graph: Graph) => () => verifyGraph(graph, inferType);

describe('the verifier', () => {
  it('accepts a sound graph', () => {
    const { graph } = sound();
    expect(check(graph)).not.toThrow();
  });

  it('finds a node that is used before it is computed', () => {
    const { graph, shifted } = sound();
    expect(check({ ...graph, nodes: graph.nodes.toReversed() })).toThrow(
      `graph 'sample': exp (%3) uses %${shifted.id} before it is computed`,
    );
  });

  it('finds a node of another graph', () => {
    const { graph, y } = sound();
    const foreign = sound();
    const stray: Node = { ...y, inputs: [foreign.shifted] };
    const nodes = [...graph.nodes.slice(0, -1), stray];
    expect(check({ ...graph, nodes, outputs: [{ name: 'y', node: stray }] })).toThrow(
      `graph 'sample': exp (%3) uses %${foreign.shifted.id} before it is computed`,
    );
  });

  it('finds a type that is not what the shape rule gives', () => {
    const { graph, y } = sound();
    const wrong: Node = { ...y, type: { dtype: 'float64', shape: [4] } };
    expect(
      check({ ...graph, nodes: [...graph.nodes.slice(0, -1), wrong], outputs: [{ name: 'y', node: wrong }] }),
    ).toThrow("graph 'sample': exp (%3): expected float64[3], found float64[4]");
  });

  it('finds an operation that does not exist', () => {
    const { graph, y } = sound();
    const unknown: Node = { ...y, op: 'exq' };
    expect(
      check({
        ...graph,
        nodes: [...graph.nodes.slice(0, -1), unknown],
        outputs: [{ name: 'y', node: unknown }],
      }),
    ).toThrow("expected an operation of the registry, found 'exq'");
  });

  it('finds an output that is not computed', () => {
    const { b, x, graph } = sound();
    expect(check({ ...graph, outputs: [{ name: 'z', node: b.log(x) }] })).toThrow(
      "graph 'sample': output 'z' is not computed",
    );
  });

  it('finds an input that is used and not declared', () => {
    const { graph } = sound();
    expect(check({ ...graph, inputs: [] })).toThrow("graph 'sample': input (%0): input 'x' is not declared");
  });

  it('finds names that stand for two things', () => {
    const { graph, x } = sound();
    const twin: Node = { ...x, id: 99 };
    expect(check({ ...graph, inputs: [x, twin] })).toThrow("graph 'sample': input 'x' is declared twice");
    const outputs = [...graph.outputs, ...graph.outputs];
    expect(check({ ...graph, outputs })).toThrow("graph 'sample': output 'y' is declared twice");
  });

  it('finds a constant whose values do not fill its shape or are of another type', () => {
    const { graph } = sound();
    const withConstant = (data: Float64Array | Float32Array): Graph => {
      const broken = graph.nodes.map((node) =>
        node.op === 'constant' ? { ...node, attributes: { value: { ...vector, data } } } : node,
      );
      // Only the constant itself is looked at: what uses it still uses the sound one.
      return { ...graph, nodes: broken, outputs: [] };
    };
    expect(check(withConstant(Float64Array.of(1, 2)))).toThrow('values do not fill its shape');
    expect(check(withConstant(Float32Array.of(1, 2, 3)))).toThrow(
      'expected Float64Array values for float64[3]',
    );
  });
});

describe('graphOf', () => {
  it('refuses outputs that need an input not listed, naming it', () => {
    const { y } = sound();
    expect(() => graphOf('sample', [], [{ name: 'y', node: y }])).toThrow(
      "graph 'sample' uses inputs that are not listed: x",
    );
  });
});
