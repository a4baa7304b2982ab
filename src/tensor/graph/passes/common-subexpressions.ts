import { GraphBuilder, type InferType } from '../builder.ts';
import type { Graph } from '../node.ts';
import { rebuild } from './rebuild.ts';

/** Computes equal applications once: the builder of the replay gives equal applications one node. */
export function mergeCommonSubexpressions(graph: Graph, infer: InferType): Graph {
  return rebuild(graph, new GraphBuilder(infer));
}
