import type { Node } from '../graph/node.ts';
import type { TensorType } from '../graph/type.ts';
import { arithmetic } from './define/arithmetic.ts';
import { fill, floats, unaryFloat } from './define/elementwise.ts';
import type { GeluForm } from './define/gelu-form.ts';
import { defineOp, type Sample } from './define/operation.ts';
import { emitErf, erfValue } from './erf.ts';

const ROOT_HALF = Math.SQRT1_2;
/** Constants of the tanh form: sqrt(2 / pi) (x + 0.044715 x^3). */
export const TANH_SCALE = Math.sqrt(2 / Math.PI);
export const TANH_CUBIC = 0.044715;

/** Samples of both forms. */
export const GELU_SAMPLES: readonly Sample[] = (['none', 'tanh'] as const).flatMap((form) => [
  { inputs: [{ shape: [7], range: [-3, 3] as const }], attributes: { form } },
  { inputs: [{ shape: [2, 3], range: [-1, 1] as const }], attributes: { form } },
]);

/** Gaussian error linear unit (attribute `form`), elementwise. */
export const gelu = defineOp({
  name: 'gelu',
  summary: 'Gaussian error linear unit, exact or tanh form',
  kind: 'nonlinear',
  infer: (inputs: readonly TensorType[]) => unaryFloat('gelu')(inputs),
  evaluate: ([x], node) => {
    const value = node.attributes.form === 'tanh' ? tanhForm : exactForm;
    return fill(node.type.dtype, floats(x).length, (i) => value(floats(x)[i] as number));
  },
  jvp: (b, node, [dx]) =>
    b.mul(dx as Node, b.geluSlope(node.inputs[0] as Node, node.attributes.form as GeluForm)),
  emit: (scope, [input], node) => {
    const x = input as string;
    const dtype = node.type.dtype;
    const form = node.attributes.form as GeluForm;
    if (dtype === 'float32') return scope.node('Gelu', [x], { approximate: { text: form } });
    const { add, mul, apply } = arithmetic(scope, dtype);
    const inner = mul(mul(x, add(mul(mul(x, x), TANH_CUBIC), 1)), TANH_SCALE);
    const bend = form === 'tanh' ? apply('Tanh', inner) : emitErf(scope, mul(x, ROOT_HALF), dtype);
    return mul(mul(x, 0.5), add(bend, 1));
  },
  samples: GELU_SAMPLES,
});

function exactForm(x: number): number {
  return 0.5 * x * (1 + erfValue(x * ROOT_HALF));
}

function tanhForm(x: number): number {
  return 0.5 * x * (1 + Math.tanh(TANH_SCALE * (x + TANH_CUBIC * x ** 3)));
}
