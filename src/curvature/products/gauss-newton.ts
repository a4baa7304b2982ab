import { gradient, vjp } from '../../tensor/autodiff/gradient.ts';
import { jvp } from '../../tensor/autodiff/jvp.ts';
import type { Node } from '../../tensor/graph/node.ts';
import { type Curvature, parametersAt, seedsOf } from './curvature.ts';
import { lossHeads } from './loss-heads.ts';

/**
 * The generalised Gauss-Newton matrix J^T H J (Schraudolph, 2002): J of the network's outputs in the parameters, H the
 * Hessian of the loss in the outputs. It is what is left of the Hessian when the network is taken as linear, and has no
 * negative eigenvalue where the loss is convex in the outputs. With cross-entropy it is the Fisher information too.
 */
export const gaussNewton: Curvature = {
  title: 'Gauss-Newton matrix',
  summary: 'what is left of the Hessian when the network is taken as linear; never negative',
  product(traced, wanted, tangents) {
    const { b, loss } = traced;
    const outputs = lossHeads(traced).map((head) => head.output);
    const parameters = parametersAt(traced, wanted);
    const reached = jvp(b, outputs, seedsOf(parameters, tangents));
    const moving = new Map(
      outputs.flatMap((output, index): [Node, Node][] => {
        const tangent = reached[index];
        return tangent ? [[output, tangent]] : [];
      }),
    );
    if (moving.size === 0) return wanted.map(() => null);
    const bent = jvp(b, gradient(b, loss, outputs), moving);
    const carried = outputs.flatMap((output, index) => {
      const cotangent = bent[index];
      return cotangent ? [{ output, cotangent }] : [];
    });
    return vjp(
      b,
      carried.map(({ output }) => output),
      parameters,
      carried.map(({ cotangent }) => cotangent),
    );
  },
};
