import { UserError } from '../../errors.ts';
import { gradient, vjp } from '../../tensor/autodiff/gradient.ts';
import { jvp } from '../../tensor/autodiff/jvp.ts';
import type { Node } from '../../tensor/graph/node.ts';
import { type Curvature, parametersAt, seedsOf } from './curvature.ts';
import { lossHeads } from './loss-heads.ts';

/**
 * The empirical Fisher matrix sum_i w_i g_i g_i^T over predictions: g_i is the gradient of one prediction's own loss (a
 * picture's, a token's), w_i its weight in the mean. It takes the labels of the data, not labels that the network would
 * draw, so that it differs from the Fisher information (Kunstner, Balles and Hennig, 2019).
 */
export const empiricalFisher: Curvature = {
  title: 'empirical Fisher matrix',
  summary: 'the mean outer product of the gradients of single predictions; never negative',
  product(traced, wanted, tangents) {
    const { b, loss } = traced;
    const losses = lossHeads(traced).map((head) => {
      if (head.kind === 'classes') return head.loss;
      throw new UserError(
        `The empirical Fisher matrix needs losses of single predictions, expected cross-entropy over classes, found ${head.kind === 'square' ? 'a squared error' : 'another loss'}; take gauss-newton.`,
      );
    });
    const weights = gradient(b, loss, losses);
    const parameters = parametersAt(traced, wanted);
    const slopes = jvp(b, losses, seedsOf(parameters, tangents));
    const carried = losses.flatMap((own, index) => {
      const slope = slopes[index];
      return slope ? [{ own, cotangent: b.mul(weights[index] as Node, slope) }] : [];
    });
    if (carried.length === 0) return wanted.map(() => null);
    return vjp(
      b,
      carried.map(({ own }) => own),
      parameters,
      carried.map(({ cotangent }) => cotangent),
    );
  },
};
