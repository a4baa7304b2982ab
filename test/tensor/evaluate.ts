/** Values of nodes, for tests that compare graphs by what they compute. */
import type { Engine } from '../../src/tensor/engine/engine.ts';
import { interpreter } from '../../src/tensor/engine/interpreter.ts';
import { ancestors, type Graph, graphOf, inputName, type Node } from '../../src/tensor/graph/node.ts';
import type { HostTensor } from '../../src/tensor/graph/type.ts';

/** A graph with outputs `y0`, `y1`, ... and the inputs that they need, in the order of their creation. */
export function graphOfNodes(outputs: readonly Node[], name = 'test'): Graph {
  const inputs = ancestors(outputs).filter((node) => node.op === 'input');
  return graphOf(
    name,
    inputs,
    outputs.map((node, index) => ({ name: `y${index}`, node })),
  );
}

/** The values of a graph's outputs in their order; feeds that it does not read may be among those given. */
export async function runGraph(
  graph: Graph,
  feeds: Readonly<Record<string, HostTensor>>,
  engine: Engine = interpreter,
): Promise<HostTensor[]> {
  const executable = await engine.compile(graph);
  try {
    const results = await executable.run(feeds);
    return graph.outputs.map(({ name }) => results[name] as HostTensor);
  } finally {
    await executable.release();
  }
}

/** The values of nodes. */
export function evaluate(
  outputs: readonly Node[],
  feeds: Readonly<Record<string, HostTensor>>,
  engine: Engine = interpreter,
): Promise<HostTensor[]> {
  return runGraph(graphOfNodes(outputs), feeds, engine);
}

/** A float64 tensor; a vector unless a shape is given. */
export function float64(
  values: readonly number[] | Float64Array,
  shape: readonly number[] = [values.length],
): HostTensor {
  return { dtype: 'float64', shape, data: Float64Array.from(values) };
}

/** The elements of a tensor as plain numbers. */
export function numbers(tensor: HostTensor | undefined): number[] {
  if (!tensor) throw new Error('expected a tensor, found none');
  return Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

/** The operations of a graph, inputs and constants left out, in topological order. */
export function operations(graph: Graph): string[] {
  return graph.nodes.map((node) => node.op).filter((op) => op !== 'input' && op !== 'constant');
}

/** The names of the inputs that a graph declares. */
export function inputNames(graph: Graph): string[] {
  return graph.inputs.map(inputName);
}
