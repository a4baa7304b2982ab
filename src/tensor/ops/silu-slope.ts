import { arithmetic } from './define/arithmetic.ts';
import { overRange, smoothFunction } from './define/elementwise.ts';

/**
 * Derivative of `silu`, elementwise: s (1 + x (1 - s)) with s = sigmoid(x). An operation of its own so that the
 * second derivative, s (1 - s) (2 + x (1 - 2 s)), is a factor that does not depend on the tangent.
 */
export const siluSlope = smoothFunction({
  name: 'siluSlope',
  summary: 'derivative of silu',
  f: (x) => {
    const s = 1 / (1 + Math.exp(-x));
    return s * (1 + x * (1 - s));
  },
  derivative: (b, x) => {
    const s = b.sigmoid(x);
    return b.mul(b.mul(s, b.sub(1, s)), b.add(2, b.mul(x, b.sub(1, b.mul(2, s)))));
  },
  emit: (scope, x, node) => {
    const { add, sub, mul, apply } = arithmetic(scope, node.type.dtype);
    const s = apply('Sigmoid', x);
    return mul(s, add(mul(x, sub(1, s)), 1));
  },
  samples: overRange(-4, 4),
});
