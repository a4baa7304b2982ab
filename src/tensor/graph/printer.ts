import { type Attribute, type Graph, inputName, type Node } from './node.ts';
import { formatType, type HostTensor, sizeOf } from './type.ts';

/**
 * A graph as text, one node a line, numbered in topological order, for reading and for snapshots:
 *
 *     graph square(x: float64[3])
 *       %1 = mul(x, x) : float64[3]
 *       return y = %1
 */
export function printGraph(graph: Graph): string {
  const names = new Map<Node, string>();
  for (const input of graph.inputs) names.set(input, inputName(input));
  const lines = [
    `graph ${graph.name}(${graph.inputs.map((node) => `${inputName(node)}: ${formatType(node.type)}`).join(', ')})`,
  ];
  let count = 0;
  for (const node of graph.nodes) {
    if (node.op === 'input') continue;
    if (node.op === 'constant' && sizeOf(node.type.shape) === 1 && node.type.shape.length === 0) {
      names.set(node, formatAttribute(node.attributes.value as HostTensor));
      continue;
    }
    names.set(node, `%${++count}`);
    lines.push(`  %${count} = ${formatCall(node, names)} : ${formatType(node.type)}`);
  }
  const results = graph.outputs.map((output) => `${output.name} = ${names.get(output.node)}`);
  return [...lines, `  return ${results.join(', ')}`].join('\n');
}

function formatCall(node: Node, names: ReadonlyMap<Node, string>): string {
  const inputs = node.inputs.map((input) => names.get(input) ?? `?${input.id}`);
  const attributes = Object.entries(node.attributes).map(
    ([key, value]) => `${key}=${formatAttribute(value)}`,
  );
  return `${node.op}(${[...inputs, ...attributes].join(', ')})`;
}

function formatAttribute(value: Attribute): string {
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.join(', ')}]`;
  const tensor = value as HostTensor;
  if (tensor.shape.length === 0) return String(tensor.data[0]);
  const shown = Array.from(tensor.data as ArrayLike<number | bigint>)
    .slice(0, 8)
    .join(', ');
  return `{${shown}${tensor.data.length > 8 ? ', …' : ''}}`;
}
