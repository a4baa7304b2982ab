import type { Node } from '../graph/node.ts';
import type { OpBuilder } from '../ops/syntax.ts';
import { jvp } from './jvp.ts';
import { transposeLinear } from './transpose.ts';

/**
 * Reverse-mode derivative: linearise at the primals, then transpose the linear map.
 *
 * @param cotangents of `outputs`, each of its output's type.
 * @returns the cotangent of each primal, null where no output depends on it.
 */
export function vjp(
  b: OpBuilder,
  outputs: readonly Node[],
  primals: readonly Node[],
  cotangents: readonly Node[],
): (Node | null)[] {
  // These inputs are dead once the linear map has been transposed.
  const tangents = primals.map((primal) => b.freshInput('tangent', primal.type));
  const pushed = jvp(b, outputs, new Map(primals.map((primal, index) => [primal, tangents[index] as Node])));
  const reached = pushed.flatMap((tangent, index) =>
    tangent ? [{ tangent, cotangent: cotangents[index] as Node }] : [],
  );
  return transposeLinear(
    b,
    tangents,
    reached.map(({ tangent }) => tangent),
    reached.map(({ cotangent }) => cotangent),
  );
}

/**
 * Gradient of a scalar in each of `primals`; a primal that the scalar does not depend on has a zero gradient.
 * @throws when `loss` is not a scalar.
 */
export function gradient(b: OpBuilder, loss: Node, primals: readonly Node[]): Node[] {
  const { dtype, shape } = loss.type;
  if (shape.length !== 0 || (dtype !== 'float32' && dtype !== 'float64'))
    throw new Error(`expected a floating-point scalar to differentiate, found ${dtype}[${shape.join(', ')}]`);
  const cotangents = vjp(b, [loss], primals, [b.scalar(1, dtype)]);
  return primals.map(
    (primal, index) => cotangents[index] ?? b.broadcast(b.scalar(0, dtype), primal.type.shape),
  );
}

/**
 * Products of the Hessian of a scalar with one vector: the tangent of the gradient.
 *
 * @param gradients of the scalar in `primals`, from {@link gradient} of the same builder.
 * @param vectors one for each primal; null leaves that block of the vector zero, structurally.
 * @returns one product block for each gradient; null where it is structurally zero.
 */
export function hessianProduct(
  b: OpBuilder,
  gradients: readonly Node[],
  primals: readonly Node[],
  vectors: readonly (Node | null)[],
): (Node | null)[] {
  const seeds = new Map<Node, Node>();
  for (const [index, primal] of primals.entries()) {
    const vector = vectors[index];
    if (vector) seeds.set(primal, vector);
  }
  return jvp(b, gradients, seeds);
}
