import { floats } from './define/elementwise.ts';
import { defineOp, firstArgument } from './define/operation.ts';
import {
  batchReduction,
  emitReduction,
  evaluateReduction,
  inferReduction,
  REDUCTION_SAMPLES,
  reductionSize,
  spread,
} from './define/reduction.ts';

const sum = evaluateReduction(0, (total, x) => total + x);

/** Mean over axes. */
export const reduceMean = defineOp({
  name: 'reduceMean',
  summary: 'mean over axes',
  kind: 'linear',
  linearArguments: firstArgument,
  infer: inferReduction('reduceMean'),
  evaluate: (inputs, node) => {
    const data = sum(inputs, node);
    return floats({ ...node.type, data }).map((total) => total / reductionSize(node));
  },
  batch: batchReduction,
  transpose: (b, cotangent, node) => spread(b, b.mul(cotangent, 1 / reductionSize(node)), node),
  emit: emitReduction('ReduceMean'),
  samples: REDUCTION_SAMPLES,
});
