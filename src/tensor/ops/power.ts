import type { Node } from '../graph/node.ts';
import { requireFloat } from '../graph/shape.ts';
import type { HostTensor, TensorType } from '../graph/type.ts';
import { fill } from './define/elementwise.ts';
import { defineOp } from './define/operation.ts';

/** x to a fixed power (attribute `exponent`), elementwise. */
export const power = defineOp({
  name: 'power',
  summary: 'x to a fixed power',
  kind: 'nonlinear',
  infer: ([x]) => {
    requireFloat('power', x as TensorType);
    return x as TensorType;
  },
  evaluate: ([x], node) =>
    fill(
      node.type.dtype,
      (x as HostTensor).data.length,
      (i) => Number((x as HostTensor).data[i]) ** (node.attributes.exponent as number),
    ),
  jvp: (b, node, [dx]) => {
    const exponent = node.attributes.exponent as number;
    return b.mul(dx as Node, b.mul(exponent, b.power(node.inputs[0] as Node, exponent - 1)));
  },
  emit: (scope, [x], node) =>
    scope.node('Pow', [x as string, scope.scalar(node.attributes.exponent as number, node.type.dtype)]),
  samples: [
    { inputs: [{ shape: [4], range: [0.5, 2] }], attributes: { exponent: 3 } },
    { inputs: [{ shape: [2, 3], range: [0.5, 2] }], attributes: { exponent: -1.5 } },
  ],
});
