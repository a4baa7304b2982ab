import type { Node } from '../graph/node.ts';
import type { TensorType } from '../graph/type.ts';
import { arithmetic } from './define/arithmetic.ts';
import { fill, floats, unaryFloat } from './define/elementwise.ts';
import type { GeluForm } from './define/gelu-form.ts';
import { defineOp, type EmitScope } from './define/operation.ts';
import { emitErf, erfValue } from './erf.ts';
import { GELU_SAMPLES, TANH_CUBIC, TANH_SCALE } from './gelu.ts';
import type { OpBuilder } from './syntax.ts';

/** Density of the normal distribution at 0. */
const NORMAL_PEAK = 1 / Math.sqrt(2 * Math.PI);

/**
 * Derivative of `gelu`, elementwise: Phi(x) + x phi(x), or that of the tanh form. An operation of its own
 * so that the second derivative is one product by a factor that does not depend on the tangent.
 */
export const geluSlope = defineOp({
  name: 'geluSlope',
  summary: 'derivative of gelu',
  kind: 'nonlinear',
  infer: (inputs: readonly TensorType[]) => unaryFloat('geluSlope')(inputs),
  evaluate: ([x], node) => {
    const value = node.attributes.form === 'tanh' ? tanhSlope : exactSlope;
    return fill(node.type.dtype, floats(x).length, (i) => value(floats(x)[i] as number));
  },
  jvp: (b, node, [dx]) => {
    const bend = node.attributes.form === 'tanh' ? tanhBend : exactBend;
    return b.mul(dx as Node, bend(b, node.inputs[0] as Node));
  },
  emit: (scope, [x], node) =>
    (node.attributes.form as GeluForm) === 'tanh'
      ? emitTanhSlope(scope, x as string, node)
      : emitExactSlope(scope, x as string, node),
  samples: GELU_SAMPLES,
});

function exactSlope(x: number): number {
  return 0.5 * (1 + erfValue(x * Math.SQRT1_2)) + x * NORMAL_PEAK * Math.exp(-0.5 * x * x);
}

function tanhSlope(x: number): number {
  const t = Math.tanh(TANH_SCALE * (x + TANH_CUBIC * x ** 3));
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * TANH_SCALE * (1 + 3 * TANH_CUBIC * x * x);
}

/** Second derivative of the exact form: phi(x) (2 - x^2). */
function exactBend(b: OpBuilder, x: Node): Node {
  const square = b.mul(x, x);
  return b.mul(b.mul(NORMAL_PEAK, b.exp(b.mul(-0.5, square))), b.sub(2, square));
}

/** Second derivative of the tanh form: (1 - t^2) (u' (1 - x t u') + x u'' / 2) with t = tanh(u). */
function tanhBend(b: OpBuilder, x: Node): Node {
  const square = b.mul(x, x);
  const t = b.tanh(b.mul(TANH_SCALE, b.mul(x, b.add(1, b.mul(TANH_CUBIC, square)))));
  const slope = b.mul(TANH_SCALE, b.add(1, b.mul(3 * TANH_CUBIC, square)));
  const halfBendTimesX = b.mul(3 * TANH_SCALE * TANH_CUBIC, square);
  const inner = b.add(b.mul(slope, b.sub(1, b.mul(b.mul(x, t), slope))), halfBendTimesX);
  return b.mul(b.sub(1, b.mul(t, t)), inner);
}

function emitExactSlope(scope: EmitScope, x: string, node: Node): string {
  const { add, mul, apply } = arithmetic(scope, node.type.dtype);
  const distribution = mul(add(emitErf(scope, mul(x, Math.SQRT1_2), node.type.dtype), 1), 0.5);
  const density = mul(apply('Exp', mul(mul(x, x), -0.5)), NORMAL_PEAK);
  return add(distribution, mul(x, density));
}

function emitTanhSlope(scope: EmitScope, x: string, node: Node): string {
  const { add, sub, mul, apply } = arithmetic(scope, node.type.dtype);
  const square = mul(x, x);
  const t = apply('Tanh', mul(mul(x, add(mul(square, TANH_CUBIC), 1)), TANH_SCALE));
  const slope = mul(add(mul(square, 3 * TANH_CUBIC), 1), TANH_SCALE);
  const curved = mul(mul(mul(x, sub(1, mul(t, t))), slope), 0.5);
  return add(mul(add(t, 1), 0.5), curved);
}
