import { binaryBroadcast, zipElements } from './elementwise.ts';
import { defineOp, type NondifferentiableOp } from './operation.ts';

/** Definition of an elementwise comparison with broadcasting; the result is a bool. */
export function comparison(
  name: string,
  opType: string,
  symbol: string,
  holds: (x: number, y: number) => boolean,
): NondifferentiableOp {
  return defineOp({
    name,
    summary: `x ${symbol} y, a bool, with broadcasting`,
    kind: 'nondifferentiable',
    infer: binaryBroadcast(name, 'bool'),
    evaluate: zipElements((x, y) => (holds(x, y) ? 1 : 0)),
    emit: (scope, [x, y]) => scope.node(opType, [x as string, y as string]),
    samples: [
      {
        inputs: [
          { shape: [6], range: [-1, 1] },
          { shape: [6], range: [-1, 1] },
        ],
      },
      {
        inputs: [
          { shape: [4, 5], below: 3 },
          { shape: [5], below: 3 },
        ],
      },
    ],
  });
}
