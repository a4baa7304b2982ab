import type { Node } from '../../tensor/graph/node.ts';
import type { Trace } from '../models/model.ts';

/**
 * x W^T + b with PyTorch's layout: x [n, in], `<name>.weight` [out, in], `<name>.bias` [out] if the model has one.
 * @returns [n, out]
 */
export function linear({ b, parameters }: Trace, x: Node, name: string): Node {
  const weight = parameters[`${name}.weight`];
  if (!weight) throw new Error(`expected a parameter '${name}.weight', found none of that name`);
  const product = b.matmul(x, weight, false, true);
  const bias = parameters[`${name}.bias`];
  return bias ? b.add(product, bias) : product;
}
