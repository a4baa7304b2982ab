import { GraphBuilder, type InferType } from '../builder.ts';
import { constantValue, type Graph, type Node } from '../node.ts';
import { byteSize, type HostTensor } from '../type.ts';
import { rebuild } from './rebuild.ts';

/** The value of one operation on values known now. */
export type EvaluateConstant = (node: Node, inputs: readonly HostTensor[]) => HostTensor;

/** No constant grows beyond this many bytes by folding: every session would hold its copy. */
export const FOLDED_CONSTANT_LIMIT = 64 * 1024;

/** Replaces operations on constants by their values while the values stay small. */
export function foldConstants(graph: Graph, infer: InferType, evaluate: EvaluateConstant): Graph {
  const builder = new GraphBuilder(infer);
  return rebuild(graph, builder, (node, inputs) => {
    const known = inputs.length > 0 && inputs.every((input) => input.op === 'constant');
    if (!known || byteSize(node.type) > FOLDED_CONSTANT_LIMIT) return null;
    return builder.constant(inStatedType(evaluate(node, inputs.map(constantValue))));
  });
}

/** Evaluation is in float64 whatever the type says; a constant holds values of its type. */
function inStatedType(value: HostTensor): HostTensor {
  const isWider = value.dtype === 'float32' && value.data instanceof Float64Array;
  return isWider ? { ...value, data: Float32Array.from(value.data) } : value;
}
