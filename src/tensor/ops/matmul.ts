import type { Node } from '../graph/node.ts';
import { requireFloat, requireSameDType } from '../graph/shape.ts';
import { formatType, type HostTensor, sameShape, sizeOf, type TensorType } from '../graph/type.ts';
import { floats } from './define/elementwise.ts';
import { defineOp, type EmitScope } from './define/operation.ts';

/**
 * Matrix product over the last two axes, each argument read transposed when its attribute
 * (`transposeA`, `transposeB`) says so; leading axes are a batch and must be equal.
 * [.., m, k] x [.., k, n] -> [.., m, n].
 */
export const matmul = defineOp({
  name: 'matmul',
  summary: 'batched matrix product, arguments optionally transposed',
  kind: 'bilinear',
  infer: ([a, b], { transposeA, transposeB }) => {
    const [x, y] = [a as TensorType, b as TensorType];
    requireFloat('matmul', x);
    const dtype = requireSameDType('matmul', [x, y]);
    const [m, k] = matrixOf(x, transposeA as boolean);
    const [inner, n] = matrixOf(y, transposeB as boolean);
    const batch = x.shape.slice(0, -2);
    if (k !== inner || !sameShape(batch, y.shape.slice(0, -2)))
      throw new Error(
        `matmul: expected [.., m, k] x [.., k, n] with equal batch axes, found ${formatType(x)}${transposeA ? ' transposed' : ''} and ${formatType(y)}${transposeB ? ' transposed' : ''}`,
      );
    return { dtype, shape: [...batch, m, n] };
  },
  evaluate: ([a, b], node) => multiply(a as HostTensor, b as HostTensor, node),
  transpose: (b, cotangent, node, index) => {
    const [x, y] = node.inputs as [Node, Node];
    const { transposeA, transposeB } = node.attributes as { transposeA: boolean; transposeB: boolean };
    if (index === 0)
      return transposeA
        ? b.matmul(y, cotangent, transposeB, true)
        : b.matmul(cotangent, y, false, !transposeB);
    return transposeB ? b.matmul(cotangent, x, true, transposeA) : b.matmul(x, cotangent, !transposeA, false);
  },
  emit: (scope, [a, b], node) => {
    const { transposeA, transposeB } = node.attributes as { transposeA: boolean; transposeB: boolean };
    const rank = node.type.shape.length;
    if (rank === 2 && (transposeA || transposeB))
      return scope.node('Gemm', [a as string, b as string], {
        transA: { int: transposeA ? 1 : 0 },
        transB: { int: transposeB ? 1 : 0 },
      });
    const left = transposeA ? swapped(scope, a as string, rank) : (a as string);
    const right = transposeB ? swapped(scope, b as string, rank) : (b as string);
    return scope.node('MatMul', [left, right]);
  },
  samples: [
    { inputs: [{ shape: [2, 3] }, { shape: [3, 4] }], attributes: { transposeA: false, transposeB: false } },
    { inputs: [{ shape: [3, 2] }, { shape: [3, 4] }], attributes: { transposeA: true, transposeB: false } },
    { inputs: [{ shape: [2, 3] }, { shape: [4, 3] }], attributes: { transposeA: false, transposeB: true } },
    {
      inputs: [{ shape: [2, 3, 2] }, { shape: [2, 4, 3] }],
      attributes: { transposeA: true, transposeB: true },
    },
    {
      inputs: [{ shape: [2, 2, 2, 3] }, { shape: [2, 2, 3, 1] }],
      attributes: { transposeA: false, transposeB: false },
    },
  ],
});

function matrixOf(type: TensorType, transposed: boolean): [number, number] {
  if (type.shape.length < 2) throw new Error(`matmul: expected at least two axes, found ${formatType(type)}`);
  const [rows, columns] = type.shape.slice(-2) as [number, number];
  return transposed ? [columns, rows] : [rows, columns];
}

/** A transposition of the last two axes, which the runtime fuses into the product. */
function swapped(scope: EmitScope, value: string, rank: number): string {
  const order = Array.from({ length: rank }, (_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
  return scope.node('Transpose', [value], { perm: { ints: order } });
}

function multiply(a: HostTensor, b: HostTensor, node: Node): Float64Array {
  const { transposeA, transposeB } = node.attributes as { transposeA: boolean; transposeB: boolean };
  const [m, k] = matrixOf(a, transposeA);
  const [, n] = matrixOf(b, transposeB);
  const [x, y] = [floats(a), floats(b)];
  const result = new Float64Array(sizeOf(node.type.shape));
  const count = result.length / (m * n);
  for (let batch = 0; batch < count; batch++)
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let p = 0; p < k; p++) {
          const left = x[batch * m * k + (transposeA ? p * m + i : i * k + p)] as number;
          sum += left * (y[batch * k * n + (transposeB ? j * k + p : p * n + j)] as number);
        }
        result[(batch * m + i) * n + j] = sum;
      }
  return result;
}
