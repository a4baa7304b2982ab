/** The values of graph nodes that depend on constants only. */
import { constantValue, type Node } from '../../graph/node.ts';
import type { HostTensor } from '../../graph/type.ts';
import { definitionOf } from '../../ops/index.ts';

/** A node's value by the reference definitions; null when it depends on an input. */
export function evaluateKnown(node: Node, known: Map<Node, HostTensor | null>): HostTensor | null {
  const earlier = known.get(node);
  if (earlier !== undefined) return earlier;
  const value = evaluated(node, known);
  known.set(node, value);
  return value;
}

function evaluated(node: Node, known: Map<Node, HostTensor | null>): HostTensor | null {
  if (node.op === 'input') return null;
  if (node.op === 'constant') return constantValue(node);
  const inputs: HostTensor[] = [];
  for (const input of node.inputs) {
    const value = evaluateKnown(input, known);
    if (value === null) return null;
    inputs.push(inFloat64(value));
  }
  const data = definitionOf(node).evaluate(inputs, node);
  // Reference definitions compute in float64 whatever the graph says.
  const isWider = node.type.dtype === 'float32' && data instanceof Float64Array;
  return { ...node.type, data: isWider ? Float32Array.from(data) : data };
}

function inFloat64(tensor: HostTensor): HostTensor {
  return tensor.data instanceof Float32Array ? { ...tensor, data: Float64Array.from(tensor.data) } : tensor;
}
