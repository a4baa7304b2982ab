import { GraphBuilder, type InferType } from '../builder.ts';
import type { Graph, Node } from '../node.ts';
import { broadcastShapes } from '../shape.ts';
import { sameShape, sizeOf } from '../type.ts';
import { rebuild } from './rebuild.ts';

/** Factors are small when their product has at most this share of the elements that they multiply. */
const SMALL_SHARE = 1 / 8;

/**
 * (x * d) * c becomes x * (d * c) where d and c repeat over x, such as the two scales of a batch normalisation:
 * one pass over the large tensor for two. Only where nothing else reads x * d. Factors of the tensor's own size are
 * another matter: `autodiff/fixed-factors.ts` multiplies those that are fixed before any vector comes.
 */
export function mergeFactors(graph: Graph, infer: InferType): Graph {
  const readers = readerCounts(graph);
  const builder = new GraphBuilder(infer);
  return rebuild(graph, builder, (node, inputs) => {
    if (node.op !== 'mul') return null;
    for (const index of [0, 1]) {
      const scaled = inputs[index] as Node;
      const outer = inputs[1 - index] as Node;
      if (readers.get(node.inputs[index] as Node) !== 1 || scaled.op !== 'mul') continue;
      const merged = merge(builder, scaled, outer);
      if (merged) return merged;
    }
    return null;
  });
}

function merge(builder: GraphBuilder, scaled: Node, outer: Node): Node | null {
  const { shape } = scaled.type;
  const limit = SMALL_SHARE * sizeOf(shape);
  const [first, second] = scaled.inputs as [Node, Node];
  const [x, inner] = sameShape(first.type.shape, shape) ? [first, second] : [second, first];
  if (sizeOf(inner.type.shape) > limit || sizeOf(outer.type.shape) > limit) return null;
  const product = broadcastShapes(inner.type.shape, outer.type.shape);
  const isSmall = sizeOf(product) <= limit && sameShape(broadcastShapes(product, x.type.shape), x.type.shape);
  if (!isSmall || !sameShape(x.type.shape, shape)) return null;
  return builder.apply('mul', [x, builder.apply('mul', [inner, outer])]);
}

/** How many nodes and outputs read each node. */
function readerCounts(graph: Graph): ReadonlyMap<Node, number> {
  const counts = new Map<Node, number>();
  const read = (node: Node) => counts.set(node, (counts.get(node) ?? 0) + 1);
  for (const node of graph.nodes) for (const input of node.inputs) read(input);
  for (const { node } of graph.outputs) read(node);
  return counts;
}
