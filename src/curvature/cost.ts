/** What a graph costs to run, counted from its operations. */
import type { Graph, Node } from '../tensor/graph/node.ts';
import { byteSize, sizeOf } from '../tensor/graph/type.ts';

export interface GraphCost {
  /** Floating-point operations of matrix products, a multiply-add counted as two. */
  readonly productFlops: number;
  /** Bytes that matrix products read and write. */
  readonly productBytes: number;
  /** Bytes that all other operations read and write. */
  readonly streamedBytes: number;
  /** Number of operations, each with a fixed overhead. */
  readonly operations: number;
  /** Bytes of outputs, each copied out of the runtime. */
  readonly outputBytes: number;
}

/** How fast a machine runs graphs. */
export interface MachineRates {
  readonly flopsPerMs: number;
  readonly bytesPerMs: number;
  readonly msPerOperation: number;
  /** Overhead of one run, however small its graph. */
  readonly msPerRun: number;
}

/** Operations that only give a tensor another shape or are folded away. */
const FREE = new Set(['input', 'constant', 'reshape', 'broadcast']);

/** Counts a graph. */
export function graphCost(graph: Graph): GraphCost {
  let [productFlops, productBytes, streamedBytes, operations] = [0, 0, 0, 0];
  for (const node of graph.nodes) {
    if (FREE.has(node.op)) continue;
    operations++;
    const bytes = byteSize(node.type) + node.inputs.reduce((sum, input) => sum + byteSize(input.type), 0);
    if (node.op === 'matmul') {
      productFlops += matmulFlops(node);
      productBytes += bytes;
    } else streamedBytes += bytes;
  }
  const outputBytes = graph.outputs.reduce((sum, { node }) => sum + byteSize(node.type), 0);
  return { productFlops, productBytes, streamedBytes, operations, outputBytes };
}

/** Predicted time of one run. */
export function predictMs(cost: GraphCost, rates: MachineRates): number {
  const streamed = cost.streamedBytes + 2 * cost.outputBytes;
  const overhead = rates.msPerRun + cost.operations * rates.msPerOperation;
  return cost.productFlops / rates.flopsPerMs + streamed / rates.bytesPerMs + overhead;
}

/** 2 m n k for each matrix of the batch. */
function matmulFlops(node: Node): number {
  const [left] = node.inputs as [Node, Node];
  const inner = left.type.shape.at(node.attributes.transposeA ? -2 : -1) as number;
  return 2 * sizeOf(node.type.shape) * inner;
}
