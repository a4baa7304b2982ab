import { constantValue, type Graph, inputName, type Node } from '../graph/node.ts';
import type { HostTensor } from '../graph/type.ts';
import { definitionOf } from '../ops/index.ts';
import type { Engine, Executable, Feeds } from './engine.ts';
import { feedFor, isOnHost, usedInputs } from './feeds.ts';

/**
 * The reference: every operation by its plain definition in float64, whatever float type the graph states.
 * Slow and simple; other engines are compared with it.
 */
export const interpreter: Engine = {
  name: 'interpreter',
  compile: async (graph) => new InterpretedGraph(graph),
  compileKeeping: async (graph) => new InterpretedGraph(graph),
};

class InterpretedGraph implements Executable {
  readonly inputNames: readonly string[];
  private readonly graph: Graph;

  constructor(graph: Graph) {
    this.graph = graph;
    this.inputNames = usedInputs(graph);
  }

  async run(feeds: Feeds): Promise<Record<string, HostTensor>> {
    const values = new Map<Node, HostTensor>();
    for (const node of this.graph.nodes) values.set(node, this.valueOf(node, values, feeds));
    return Object.fromEntries(
      this.graph.outputs.map(({ name, node }) => [name, values.get(node) as HostTensor]),
    );
  }

  async release(): Promise<void> {}

  private valueOf(node: Node, values: ReadonlyMap<Node, HostTensor>, feeds: Feeds): HostTensor {
    if (node.op === 'input') return inFloat64(this.fed(node, feeds));
    if (node.op === 'constant') return inFloat64(constantValue(node));
    return evaluateNode(
      node,
      node.inputs.map((input) => values.get(input) as HostTensor),
    );
  }

  private fed(node: Node, feeds: Feeds): HostTensor {
    const tensor = feedFor(this.graph.name, inputName(node), node.type, feeds);
    if (isOnHost(tensor)) return tensor;
    throw new Error(
      `input '${inputName(node)}' of graph '${this.graph.name}': expected a tensor of the host's, found one that another engine keeps`,
    );
  }
}

/** The value of one operation by its reference definition. */
export function evaluateNode(node: Node, inputs: readonly HostTensor[]): HostTensor {
  return { ...node.type, data: definitionOf(node).evaluate(inputs.map(inFloat64), node) };
}

/** The same tensor with its floats in float64 (under the same stated type). */
function inFloat64(tensor: HostTensor): HostTensor {
  return tensor.data instanceof Float32Array ? { ...tensor, data: Float64Array.from(tensor.data) } : tensor;
}
