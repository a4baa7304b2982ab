import { mapElements, overRange, unaryFloat } from './define/elementwise.ts';
import { onnxDType } from './define/onnx-dtype.ts';
import { defineOp } from './define/operation.ts';

/** 1 where x > 0, else 0, in the element type of x: the slope of relu, kept as a factor instead of a choice. */
export const step = defineOp({
  name: 'step',
  summary: '1 where x > 0, else 0',
  kind: 'nondifferentiable',
  infer: unaryFloat('step'),
  evaluate: mapElements((x) => (x > 0 ? 1 : 0)),
  emit: (scope, [x], node) => {
    const positive = scope.node('Greater', [x as string, scope.scalar(0, node.type.dtype)]);
    return scope.node('Cast', [positive], { to: { int: onnxDType(node.type.dtype) } });
  },
  samples: overRange(-2, 2),
});
