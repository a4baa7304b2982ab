/** The values of graph nodes that depend on constants only. */
import { constantValue, type Node } from '../../graph/node.ts';
import { type HostTensor, sizeOf } from '../../graph/type.ts';
import { definitionOf } from '../../ops/index.ts';

/** Known values are kept as constants up to this many elements; larger ones are computed when the graph runs. */
export const LARGEST_KNOWN = 2 ** 20;

/** Multiplications up to which a product of known values is computed at once; the reference definitions are slow. */
const MOST_WORK = 2 ** 30;

/** A node's value by the reference definitions; null when it depends on an input, or is large. */
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
  // What is small may come from what is not, such as a sum.
  if (sizeOf(node.type.shape) > LARGEST_KNOWN || workOf(node) > MOST_WORK) return null;
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

/** An upper bound of multiplications; each element of a product may take as many as a factor has elements. */
function workOf({ op, type, inputs }: Node): number {
  const isProduct = op === 'matmul' || op.startsWith('conv');
  return isProduct ? sizeOf(type.shape) * Math.max(...inputs.map((input) => sizeOf(input.type.shape))) : 0;
}

function inFloat64(tensor: HostTensor): HostTensor {
  return tensor.data instanceof Float32Array ? { ...tensor, data: Float64Array.from(tensor.data) } : tensor;
}
