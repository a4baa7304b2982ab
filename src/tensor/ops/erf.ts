import type { DType } from '../graph/type.ts';
import { arithmetic } from './define/arithmetic.ts';
import { overRange, smoothFunction } from './define/elementwise.ts';
import type { EmitScope } from './define/operation.ts';

const SLOPE_AT_ZERO = 2 / Math.sqrt(Math.PI);
const INVERSE_ROOT_PI = 1 / Math.sqrt(Math.PI);

/**
 * Coefficients of W. J. Cody, "Rational Chebyshev approximations for the error function",
 * Mathematics of Computation 23 (1969), in ascending powers: relative error below 6e-16.
 */
const NEAR = {
  numerator: [
    3209.3775891384694, 377.485237685302, 113.86415415105016, 3.1611237438705655, 0.18577770618460315,
  ],
  denominator: [2844.236833439171, 1282.6165260773723, 244.02463793444417, 23.601290952344122, 1],
};
const MIDDLE = {
  numerator: [
    1230.3393547979972, 2051.0783778260716, 1712.0476126340707, 881.952221241769, 298.6351381974001,
    66.11919063714163, 8.883149794388377, 0.5641884969886701, 2.1531153547440383e-8,
  ],
  denominator: [
    1230.3393548037495, 3439.3676741437216, 4362.619090143247, 3290.7992357334597, 1621.3895745666903,
    537.1811018620099, 117.6939508913125, 15.744926110709835, 1,
  ],
};
const FAR = {
  numerator: [
    0.0006587491615298378, 0.016083785148742275, 0.12578172611122926, 0.36034489994980445,
    0.30532663496123236, 0.016315387137302097,
  ],
  denominator: [
    0.0023352049762686918, 0.06051834131244132, 0.5279051029514285, 1.8729528499234673, 2.568520192289822, 1,
  ],
};
/** Up to here erf itself is approximated; beyond, its complement. */
const NEAR_LIMIT = 0.46875;
const MIDDLE_LIMIT = 4;
/** Beyond this erf is 1 in float64. */
const SATURATION = 6;

const horner = (x: number, coefficients: readonly number[]) =>
  coefficients.reduceRight((sum, c) => sum * x + c, 0);

/** The error function in float64. */
export function erfValue(x: number): number {
  const y = Math.abs(x);
  if (y <= NEAR_LIMIT) return (x * horner(x * x, NEAR.numerator)) / horner(x * x, NEAR.denominator);
  if (y >= SATURATION) return Math.sign(x);
  return Math.sign(x) * (1 - complement(y));
}

function complement(y: number): number {
  const decay = Math.exp(-y * y);
  if (y <= MIDDLE_LIMIT) return (decay * horner(y, MIDDLE.numerator)) / horner(y, MIDDLE.denominator);
  const z = 1 / (y * y);
  return (decay * (INVERSE_ROOT_PI - (z * horner(z, FAR.numerator)) / horner(z, FAR.denominator))) / y;
}

/** Error function, elementwise. ONNX Runtime has it in float32 only; in float64 it is written out. */
export const erf = smoothFunction({
  name: 'erf',
  summary: 'error function',
  f: erfValue,
  derivative: (b, x) => b.mul(SLOPE_AT_ZERO, b.exp(b.neg(b.mul(x, x)))),
  emit: (scope, x, node) => emitErf(scope, x, node.type.dtype),
  samples: [...overRange(-3, 3), { inputs: [{ shape: [5], range: [-8, 8] }] }],
});

/** Writes erf(x) for either precision. */
export function emitErf(scope: EmitScope, x: string, dtype: DType): string {
  if (dtype === 'float32') return scope.node('Erf', [x]);
  const { add, sub, mul, div, apply, polynomial } = arithmetic(scope, dtype);
  const square = mul(x, x);
  const near = div(mul(x, polynomial(square, NEAR.numerator)), polynomial(square, NEAR.denominator));
  // Clamped to where each formula holds, so that what is not chosen stays finite.
  const size = scope.node('Max', [apply('Abs', x), scope.scalar(NEAR_LIMIT, dtype)]);
  const y = scope.node('Min', [size, scope.scalar(SATURATION, dtype)]);
  const decay = apply('Exp', apply('Neg', mul(y, y)));
  const middle = div(mul(decay, polynomial(y, MIDDLE.numerator)), polynomial(y, MIDDLE.denominator));
  const z = div(1, mul(y, y));
  const tail = div(mul(z, polynomial(z, FAR.numerator)), polynomial(z, FAR.denominator));
  const far = div(mul(decay, add(mul(tail, -1), INVERSE_ROOT_PI)), y);
  const isMiddle = scope.node('LessOrEqual', [y, scope.scalar(MIDDLE_LIMIT, dtype)]);
  const complementary = scope.node('Where', [isMiddle, middle, far]);
  const outer = mul(apply('Sign', x), sub(1, complementary));
  const isNear = scope.node('LessOrEqual', [square, scope.scalar(NEAR_LIMIT * NEAR_LIMIT, dtype)]);
  return scope.node('Where', [isNear, near, outer]);
}
