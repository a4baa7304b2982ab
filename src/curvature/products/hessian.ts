import { hessianProduct } from '../../tensor/autodiff/gradient.ts';
import type { Node } from '../../tensor/graph/node.ts';
import { type Curvature, parametersAt } from './curvature.ts';

/** The Hessian: its product is the tangent of the gradient (paper section 2.1). */
export const hessian: Curvature = {
  title: 'Hessian',
  summary: 'the second derivatives of the loss',
  product(traced, wanted, tangents) {
    const gradients = wanted.map((index) => traced.gradients[index] as Node);
    return hessianProduct(traced.b, gradients, parametersAt(traced, wanted), tangents);
  },
};
