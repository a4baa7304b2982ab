import type { Node } from '../graph/node.ts';
import { binaryBroadcast, zipElements } from './define/elementwise.ts';
import { defineOp, type NonlinearOp } from './define/operation.ts';
import type { OpBuilder } from './syntax.ts';

/** The larger of two values, elementwise; where they are equal the tangent is that of the second. */
export const maximum = choice('maximum', 'Max', Math.max, (b, x, y) => b.greater(x, y));

/** Definition of an elementwise choice between two arguments, differentiated by masks instead of choices. */
export function choice(
  name: string,
  opType: string,
  f: (x: number, y: number) => number,
  takesFirst: (b: OpBuilder, x: Node, y: Node) => Node,
): NonlinearOp {
  return defineOp({
    name,
    summary: `the ${name} of two values, with broadcasting`,
    kind: 'nonlinear',
    infer: binaryBroadcast(name),
    evaluate: zipElements(f),
    jvp: (b, node, [dx, dy]) => {
      const [x, y] = node.inputs as [Node, Node];
      const mask = b.cast(takesFirst(b, x, y), node.type.dtype);
      const first = dx && b.mul(dx, mask);
      const second = dy && b.mul(dy, b.sub(1, mask));
      return first && second ? b.add(first, second) : ((first ?? second) as Node);
    },
    emit: (scope, [x, y]) => scope.node(opType, [x as string, y as string]),
    samples: [
      {
        inputs: [
          { shape: [5], range: [-2, 2] },
          { shape: [5], range: [-2, 2] },
        ],
      },
      {
        inputs: [
          { shape: [2, 3], range: [-2, 2] },
          { shape: [3], range: [-2, 2] },
        ],
      },
    ],
  });
}
