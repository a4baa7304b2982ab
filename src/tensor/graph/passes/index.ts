import type { InferType } from '../builder.ts';
import type { Graph } from '../node.ts';
import { verifyGraph } from '../verifier.ts';
import { simplifyAlgebra } from './algebra.ts';
import { mergeCommonSubexpressions } from './common-subexpressions.ts';
import { type EvaluateConstant, foldConstants } from './constants.ts';
import { removeDeadCode } from './dead-code.ts';
import { mergeFactors } from './factors.ts';

/** One pass: a graph to an equal graph. */
interface Pass {
  readonly name: string;
  run(graph: Graph): Graph;
}

/**
 * All passes in order, each followed by the verifier.
 * @throws when a pass breaks the graph, naming the pass.
 */
export function optimizeGraph(graph: Graph, infer: InferType, evaluate: EvaluateConstant): Graph {
  const passes: readonly Pass[] = [
    { name: 'dead code', run: removeDeadCode },
    { name: 'common subexpressions', run: (g) => mergeCommonSubexpressions(g, infer) },
    { name: 'constants', run: (g) => foldConstants(g, infer, evaluate) },
    { name: 'algebra', run: (g) => simplifyAlgebra(g, infer) },
    { name: 'factors', run: (g) => mergeFactors(g, infer) },
  ];
  return passes.reduce((current, pass) => {
    const next = pass.run(current);
    try {
      verifyGraph(next, infer);
    } catch (error) {
      throw new Error(`the pass '${pass.name}' broke the graph: ${(error as Error).message}`, {
        cause: error,
      });
    }
    return next;
  }, graph);
}
