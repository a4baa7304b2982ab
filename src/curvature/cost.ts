/** What a graph costs to run, counted from its operations. */
import type { Graph, Node } from '../tensor/graph/node.ts';
import { byteSize } from '../tensor/graph/type.ts';
import type { OpDefinition } from '../tensor/ops/define/operation.ts';
import { definitionOf } from '../tensor/ops/index.ts';

export interface GraphCost {
  /** Floating-point operations of matrix products and convolutions, a multiply-add counted as two. */
  readonly productFlops: number;
  /** Bytes that these read and write. */
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
  /** What it costs to feed a byte that the engine kept: nothing where it lies where the engine computes. */
  readonly msPerKeptByte: number;
  /** What a Lanczos step takes for each element of its vector besides the product. */
  readonly msPerVectorElement: number;
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
    const op: OpDefinition = definitionOf(node);
    if (op.flops) {
      productFlops += op.flops(node);
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

/**
 * Bytes that a run holds at its peak besides its inputs: results of operations live from their making to their last use,
 * outputs to the end, and once more as the copies that are handed out.
 */
export function peakBytes(graph: Graph): number {
  const isHeld = (node: Node) => !FREE.has(node.op);
  const lastUse = new Map<Node, number>();
  for (const [position, node] of graph.nodes.entries())
    for (const input of node.inputs) for (const source of sourcesOf(input)) lastUse.set(source, position);
  for (const { node } of graph.outputs)
    for (const source of sourcesOf(node)) lastUse.set(source, graph.nodes.length);
  const endingAt = new Map<number, Node[]>();
  for (const [node, position] of lastUse) endingAt.set(position, [...(endingAt.get(position) ?? []), node]);
  let [live, peak] = [0, 0];
  for (const [position, node] of graph.nodes.entries()) {
    if (isHeld(node)) live += byteSize(node.type);
    peak = Math.max(peak, live);
    for (const ended of endingAt.get(position) ?? []) if (isHeld(ended)) live -= byteSize(ended.type);
  }
  return Math.max(peak, live + graphCost(graph).outputBytes);
}

/** What a view shows; any other value itself. */
function sourcesOf(node: Node): readonly Node[] {
  return node.op === 'reshape' ? sourcesOf(node.inputs[0] as Node) : [node];
}
