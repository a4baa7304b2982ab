import { type Graph, inputName } from '../graph/node.ts';
import { formatType, type HostTensor, sameShape, sizeOf, type TensorType } from '../graph/type.ts';
import type { EngineTensor, Feeds } from './engine.ts';

/**
 * The fed tensor for an input.
 * @throws when it is missing or its type is another, naming the graph and the input.
 */
export function feedFor(graphName: string, name: string, expected: TensorType, feeds: Feeds): EngineTensor {
  const tensor = Object.hasOwn(feeds, name) ? feeds[name] : undefined;
  const where = `input '${name}' of graph '${graphName}'`;
  if (!tensor) throw new Error(`${where}: expected ${formatType(expected)}, found no tensor; feed it`);
  if (tensor.dtype !== expected.dtype || !sameShape(tensor.shape, expected.shape))
    throw new Error(`${where}: expected ${formatType(expected)}, found ${formatType(tensor)}`);
  if (isOnHost(tensor) && tensor.data.length !== sizeOf(expected.shape))
    throw new Error(`${where}: expected ${sizeOf(expected.shape)} values, found ${tensor.data.length}`);
  return tensor;
}

/** Whether a tensor's values can be read. */
export function isOnHost(tensor: EngineTensor): tensor is HostTensor {
  return 'data' in tensor;
}

/** The inputs that some node or output of the graph reads. */
export function usedInputs(graph: Graph): readonly string[] {
  const used = new Set(graph.nodes);
  return graph.inputs.filter((input) => used.has(input)).map(inputName);
}
