import type { Node } from '../graph/node.ts';
import { type DType, formatType, type HostTensor, sizeOf, type TensorType } from '../graph/type.ts';
import { onnxDType } from './define/onnx-dtype.ts';
import { defineOp, type EmitScope } from './define/operation.ts';

/** 1 at the position of each id along a new last axis, else 0: ids int64 [..i] -> [..i, depth] of `dtype`. */
export const oneHot = defineOp({
  name: 'oneHot',
  summary: '1 at the position of each id, else 0',
  kind: 'nondifferentiable',
  infer: ([ids], { depth, dtype }) => {
    const type = ids as TensorType;
    if (type.dtype !== 'int64') throw new Error(`oneHot: expected int64 ids, found ${formatType(type)}`);
    return { dtype: dtype as DType, shape: [...type.shape, depth as number] };
  },
  evaluate: ([ids], node) => {
    const depth = node.attributes.depth as number;
    const result = new Float64Array(sizeOf(node.type.shape));
    for (const [position, id] of ((ids as HostTensor).data as BigInt64Array).entries())
      if (id >= 0n && id < BigInt(depth)) result[position * depth + Number(id)] = 1;
    return result;
  },
  emit: (scope, [ids], node) => {
    const count = sizeOf((node.inputs[0] as Node).type.shape);
    const flat = scope.node('Reshape', [ids as string, scope.ints([count])]);
    const hot = emitOneHot(scope, flat, node.attributes.depth as number, node.type.dtype);
    return scope.node('Reshape', [hot, scope.ints(node.type.shape)]);
  },
  samples: [
    { inputs: [{ shape: [6], below: 4 }], attributes: { depth: 4, dtype: 'float64' } },
    { inputs: [{ shape: [2, 2], below: 3 }], attributes: { depth: 3, dtype: 'float64' } },
  ],
});

/** One-hot rows of flat ids by comparison: OneHot itself is missing in float64. */
export function emitOneHot(scope: EmitScope, flatIds: string, depth: number, dtype: DType): string {
  const positions = scope.ints(Array.from({ length: depth }, (_, i) => i));
  const column = scope.node('Unsqueeze', [flatIds, scope.ints([1])]);
  const equal = scope.node('Equal', [column, positions]);
  return scope.node('Cast', [equal], { to: { int: onnxDType(dtype) } });
}
