/** Matrix products. */
import type { Node } from '../../../graph/node.ts';
import type { Call } from './call.ts';
import type { ConverterTable } from './converter.ts';
import { einsum } from './einsum.ts';

/** numpy's product: a vector is a row on the left, a column on the right. */
function matmul(call: Call): Node {
  const { b } = call;
  const [x, y] = [call.input(0), call.input(1)];
  const left = x.type.shape.length === 1 ? b.reshape(x, [1, -1]) : x;
  const right = y.type.shape.length === 1 ? b.reshape(y, [-1, 1]) : y;
  const product = productOf(call, left, right);
  const shape = [...product.type.shape];
  if (y.type.shape.length === 1) shape.splice(-1, 1);
  if (x.type.shape.length === 1) shape.splice(y.type.shape.length === 1 ? -1 : -2, 1);
  return b.reshape(product, shape);
}

/** One matrix on the right takes all rows at once: its gradient is then one product too. */
function productOf({ b }: Call, x: Node, y: Node): Node {
  const { shape } = x.type;
  if (shape.length <= 2 || y.type.shape.length !== 2) return b.matmul(x, y);
  const rows = b.reshape(x, [-1, shape.at(-1) as number]);
  return b.reshape(b.matmul(rows, y), [...shape.slice(0, -1), y.type.shape[1] as number]);
}

/** alpha A B + beta C, A and B read transposed where the node says so. */
function gemm(call: Call): Node {
  const { b, node } = call;
  const product = b.matmul(
    call.input(0),
    call.input(1),
    node.int('transA', 0) === 1,
    node.int('transB', 0) === 1,
  );
  const [alpha, beta] = [node.float('alpha', 1), node.float('beta', 1)];
  const scaled = b.mul(product, alpha);
  const shift = call.optional(2);
  return shift ? b.add(scaled, b.mul(shift, beta)) : scaled;
}

export const MATMUL: ConverterTable = {
  MatMul: { since: 1, convert: matmul },
  Gemm: { since: 7, convert: gemm },
  Einsum: { since: 12, limits: 'no letter twice in one term', convert: einsum },
};
