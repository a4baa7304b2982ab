import type { Node } from '../graph/node.ts';
import { defineOp } from './define/operation.ts';
import {
  emitReduction,
  evaluateReduction,
  inferReduction,
  REDUCTION_SAMPLES,
  spread,
} from './define/reduction.ts';

/** Largest element over axes; equal largest elements share the tangent evenly, as in PyTorch's amax. */
export const reduceMax = defineOp({
  name: 'reduceMax',
  summary: 'largest element over axes',
  kind: 'nonlinear',
  infer: inferReduction('reduceMax'),
  evaluate: evaluateReduction(Number.NEGATIVE_INFINITY, Math.max),
  jvp: (b, node, [dx]) => {
    const axes = node.attributes.axes as readonly number[];
    const keepDims = node.attributes.keepDims as boolean;
    const largest = b.cast(b.equal(node.inputs[0] as Node, spread(b, node, node)), node.type.dtype);
    const share = b.div(largest, spread(b, b.reduceSum(largest, axes, keepDims), node));
    return b.reduceSum(b.mul(dx as Node, share), axes, keepDims);
  },
  emit: emitReduction('ReduceMax'),
  samples: REDUCTION_SAMPLES,
});
