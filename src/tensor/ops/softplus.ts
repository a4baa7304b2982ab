import { arithmetic } from './define/arithmetic.ts';
import { overRange, smoothFunction } from './define/elementwise.ts';
import { onnxDType } from './define/onnx-dtype.ts';
import type { EmitScope } from './define/operation.ts';

/** log(1 + exp(x)), elementwise. ONNX Runtime has it in float32 only; in float64 it is written out. */
export const softplus = smoothFunction({
  name: 'softplus',
  summary: 'log(1 + exp(x))',
  f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  derivative: (b, x) => b.sigmoid(x),
  emit: (scope, x, node) =>
    node.type.dtype === 'float32' ? scope.node('Softplus', [x]) : emitInFloat64(scope, x),
  samples: [...overRange(-4, 4), { inputs: [{ shape: [9], range: [-60, 60] }] }],
});

/**
 * max(x, 0) + log(1 + t) with t = exp(-|x|). What 1 + t loses of a small t is given back by the factor
 * t / ((1 + t) - 1), after W. Kahan; where nothing of t is left, log(1 + t) is t.
 */
function emitInFloat64(scope: EmitScope, x: string): string {
  const { add, sub, mul, div, apply } = arithmetic(scope, 'float64');
  const t = apply('Exp', apply('Neg', apply('Abs', x)));
  const sum = add(t, 1);
  const kept = sub(sum, 1);
  const isLost = scope.node('Cast', [scope.node('Equal', [kept, scope.scalar(0, 'float64')])], {
    to: { int: onnxDType('float64') },
  });
  const logarithm = mul(t, div(add(apply('Log', sum), isLost), add(kept, isLost)));
  return add(apply('Relu', x), logarithm);
}
