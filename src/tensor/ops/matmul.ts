import type { Node } from '../graph/node.ts';
import { broadcastShapes, broadcastStrides, requireFloat, requireSameDType } from '../graph/shape.ts';
import { formatType, type HostTensor, sizeOf, type TensorType } from '../graph/type.ts';
import { floats, strideOffsets } from './define/elementwise.ts';
import { defineOp, type EmitScope } from './define/operation.ts';

/**
 * Matrix product over the last two axes, each argument read transposed when its attribute
 * (`transposeA`, `transposeB`) says so; leading axes are a batch and broadcast.
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
    if (k !== inner)
      throw new Error(
        `matmul: expected [.., m, k] x [.., k, n], found ${formatType(x)}${transposeA ? ' transposed' : ''} and ${formatType(y)}${transposeB ? ' transposed' : ''}`,
      );
    return { dtype, shape: [...broadcastShapes(x.shape.slice(0, -2), y.shape.slice(0, -2)), m, n] };
  },
  evaluate: ([a, b], node) => multiply(a as HostTensor, b as HostTensor, node),
  transpose: (b, cotangent, node, index) => {
    const [x, y] = node.inputs as [Node, Node];
    const { transposeA, transposeB } = node.attributes as { transposeA: boolean; transposeB: boolean };
    const pulled = () => {
      if (index === 0)
        return transposeA
          ? b.matmul(y, cotangent, transposeB, true)
          : b.matmul(cotangent, y, false, !transposeB);
      return transposeB
        ? b.matmul(cotangent, x, true, transposeA)
        : b.matmul(x, cotangent, !transposeA, false);
    };
    return b.sumTo(pulled(), (node.inputs[index] as Node).type.shape);
  },
  batch: (b, node, inputs, batched, size) => {
    const [x, y] = inputs as [Node, Node];
    const { transposeA, transposeB } = node.attributes as { transposeA: boolean; transposeB: boolean };
    if (!batched[1] && y.type.shape.length === 2 && !transposeA) {
      // One matrix on the right: all rows of the batch are multiplied by it at once.
      const rows = b.reshape(x, [-1, x.type.shape.at(-1) as number]);
      return b.reshape(b.matmul(rows, y, false, transposeB), [size, ...node.type.shape]);
    }
    const rank = node.type.shape.length;
    const aligned = inputs.map((input, index) => {
      if (!batched[index]) return input;
      const shape = input.type.shape.slice(1);
      return b.reshape(input, [size, ...new Array<number>(rank - shape.length).fill(1), ...shape]);
    });
    return b.apply('matmul', aligned, node.attributes);
  },
  // 2 m n k for each matrix of the batch.
  flops: (node) => {
    const [, k] = matrixOf((node.inputs[0] as Node).type, node.attributes.transposeA as boolean);
    return 2 * sizeOf(node.type.shape) * k;
  },
  emit: (scope, [a, b], node) => {
    const { transposeA, transposeB } = node.attributes as { transposeA: boolean; transposeB: boolean };
    if (node.type.shape.length === 2 && (transposeA || transposeB))
      return scope.node('Gemm', [a as string, b as string], {
        transA: { int: transposeA ? 1 : 0 },
        transB: { int: transposeB ? 1 : 0 },
      });
    const [x, y] = node.inputs as [Node, Node];
    const left = transposeA ? swapped(scope, a as string, x.type.shape.length) : (a as string);
    const right = transposeB ? swapped(scope, b as string, y.type.shape.length) : (b as string);
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
    {
      inputs: [{ shape: [3, 2] }, { shape: [2, 3, 4] }],
      attributes: { transposeA: true, transposeB: false },
    },
    {
      inputs: [{ shape: [3, 1, 2, 3] }, { shape: [2, 4, 3] }],
      attributes: { transposeA: false, transposeB: true },
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
  const batch = node.type.shape.slice(0, -2);
  const [startsX, startsY] = [a, b].map(({ shape }) =>
    strideOffsets(batch, broadcastStrides(shape.slice(0, -2), batch)),
  ) as [Int32Array, Int32Array];
  const result = new Float64Array(sizeOf(node.type.shape));
  for (const [position, start] of startsX.entries())
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let p = 0; p < k; p++) {
          const left = x[start * m * k + (transposeA ? p * m + i : i * k + p)] as number;
          const right = (startsY[position] as number) * k * n + (transposeB ? j * k + p : p * n + j);
          sum += left * (y[right] as number);
        }
        result[(position * m + i) * n + j] = sum;
      }
  return result;
}
