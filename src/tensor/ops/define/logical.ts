import { requireSameDType } from '../../graph/shape.ts';
import { binaryBroadcast, zipElements } from './elementwise.ts';
import { defineOp, type NondifferentiableOp } from './operation.ts';

/** Definition of an elementwise operation on two bools with broadcasting. */
export function logical(
  name: string,
  opType: string,
  f: (x: boolean, y: boolean) => boolean,
): NondifferentiableOp {
  return defineOp({
    name,
    summary: `${opType.toLowerCase()} of two bools, with broadcasting`,
    kind: 'nondifferentiable',
    infer: (inputs) => {
      if (requireSameDType(name, inputs) !== 'bool') throw new Error(`${name}: expected bools`);
      return binaryBroadcast(name)(inputs);
    },
    evaluate: zipElements((x, y) => (f(x !== 0, y !== 0) ? 1 : 0)),
    emit: (scope, [x, y]) => scope.node(opType, [x as string, y as string]),
    samples: [
      {
        inputs: [
          { shape: [8], bool: true },
          { shape: [8], bool: true },
        ],
      },
    ],
  });
}
