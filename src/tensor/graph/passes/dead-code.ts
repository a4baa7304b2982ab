import { type Graph, graphOf } from '../node.ts';

/**
 * Leaves out what no output needs. ONNX Runtime runs dead nodes, so this comes before emission.
 * Inputs stay declared.
 */
export function removeDeadCode(graph: Graph): Graph {
  return graphOf(graph.name, graph.inputs, graph.outputs);
}
