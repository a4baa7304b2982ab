/** Elementwise functions of networks that are exact as compositions. */
import type { Node } from '../../graph/node.ts';
import type { OpBuilder } from '../syntax.ts';

/** x kept between 0 and 6. */
export function relu6(b: OpBuilder, x: Node): Node {
  return b.clip(x, 0, 6);
}

/** x where it is positive, else `slope` x; its slope at 0 is `slope`. */
export function leakyRelu(b: OpBuilder, x: Node, slope = 0.01): Node {
  return b.mul(x, b.add(slope, b.mul(1 - slope, b.step(x))));
}

/** x where it is positive, else `scale` (exp(x) - 1); its slope at 0 is `scale`. */
export function elu(b: OpBuilder, x: Node, scale = 1): Node {
  const positive = b.step(x);
  // Only what is not positive reaches exp, which would overflow otherwise.
  const bent = b.sub(b.exp(b.mul(x, b.sub(1, positive))), 1);
  return b.add(b.mul(x, positive), b.mul(scale, bent));
}

/** `slope` x + `offset` kept between 0 and 1; by default that of PyTorch, x / 6 + 1 / 2. */
export function hardSigmoid(b: OpBuilder, x: Node, slope = 1 / 6, offset = 0.5): Node {
  return b.clip(b.add(b.mul(x, slope), offset), 0, 1);
}

/** x hardSigmoid(x). */
export function hardSwish(b: OpBuilder, x: Node): Node {
  return b.mul(x, hardSigmoid(b, x));
}
