import { defineOp, firstArgument } from './define/operation.ts';
import {
  batchReduction,
  emitReduction,
  evaluateReduction,
  inferReduction,
  REDUCTION_SAMPLES,
  spread,
} from './define/reduction.ts';

/** Sum over axes. */
export const reduceSum = defineOp({
  name: 'reduceSum',
  summary: 'sum over axes',
  kind: 'linear',
  linearArguments: firstArgument,
  infer: inferReduction('reduceSum'),
  evaluate: evaluateReduction(0, (sum, x) => sum + x),
  batch: batchReduction,
  transpose: spread,
  emit: emitReduction('ReduceSum'),
  samples: REDUCTION_SAMPLES,
});
