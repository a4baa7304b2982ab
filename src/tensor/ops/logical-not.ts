import { formatType, type TensorType } from '../graph/type.ts';
import { mapElements } from './define/elementwise.ts';
import { defineOp } from './define/operation.ts';

/** not x, elementwise on bools. */
export const logicalNot = defineOp({
  name: 'logicalNot',
  summary: 'not x, a bool',
  kind: 'nondifferentiable',
  infer: ([x]) => {
    const type = x as TensorType;
    if (type.dtype !== 'bool') throw new Error(`logicalNot: expected bools, found ${formatType(type)}`);
    return type;
  },
  evaluate: mapElements((x) => (x === 0 ? 1 : 0)),
  emit: (scope, [x]) => scope.node('Not', [x as string]),
  samples: [{ inputs: [{ shape: [8], bool: true }] }],
});
