/** What elementwise operations share: shape rules, reference loops, the definition of a smooth function. */
import type { Node } from '../../graph/node.ts';
import { broadcastShapes, broadcastStrides, requireFloat, requireSameDType } from '../../graph/shape.ts';
import {
  allocate,
  type DType,
  type HostTensor,
  sizeOf,
  type TensorData,
  type TensorType,
} from '../../graph/type.ts';
import type { OpBuilder } from '../syntax.ts';
import {
  type Batch,
  defineOp,
  type EmitScope,
  type Evaluate,
  type NonlinearOp,
  type Sample,
} from './operation.ts';

type Numbers = Float64Array;

/** Shape rule of a function of one floating-point argument. */
export const unaryFloat =
  (name: string) =>
  ([x]: readonly TensorType[]): TensorType => {
    requireFloat(name, x as TensorType);
    return { dtype: (x as TensorType).dtype, shape: (x as TensorType).shape };
  };

/** Shape rule of a function of two arguments that broadcast. */
export const binaryBroadcast =
  (name: string, result?: DType) =>
  (inputs: readonly TensorType[]): TensorType => {
    const dtype = requireSameDType(name, inputs);
    try {
      const shape = broadcastShapes((inputs[0] as TensorType).shape, (inputs[1] as TensorType).shape);
      return { dtype: result ?? dtype, shape };
    } catch (error) {
      throw new Error(`${name}: ${(error as Error).message}`);
    }
  };

/** Reference loop of a function of one argument. */
export const mapElements =
  (f: (x: number) => number): Evaluate =>
  ([x], node) =>
    fill(node.type.dtype, (x as HostTensor).data.length, (i) => f(Number((x as HostTensor).data[i])));

/** Reference loop of a function of two arguments that broadcast. */
export const zipElements =
  (f: (x: number, y: number) => number): Evaluate =>
  ([x, y], node) => {
    const left = x as HostTensor;
    const right = y as HostTensor;
    const { shape, dtype } = node.type;
    const offsets = [left, right].map((input) => strideOffsets(shape, broadcastStrides(input.shape, shape)));
    const [a, b] = offsets as [Int32Array, Int32Array];
    return fill(dtype, sizeOf(shape), (i) =>
      f(Number(left.data[a[i] as number]), Number(right.data[b[i] as number])),
    );
  };

/** A new array of the element type (float64 for any float) with the values of `f`. */
export function fill(dtype: DType, size: number, f: (index: number) => number): TensorData[DType] {
  const data = allocate(dtype === 'float32' ? 'float64' : dtype, size);
  if (data instanceof BigInt64Array) for (let i = 0; i < size; i++) data[i] = BigInt(Math.trunc(f(i)));
  else for (let i = 0; i < size; i++) data[i] = f(i);
  return data;
}

/** The position in memory of each element of `shape`, in row-major order, for any strides. */
export function strideOffsets(shape: readonly number[], strides: readonly number[], start = 0): Int32Array {
  let offsets = Int32Array.of(start);
  for (const [axis, extent] of shape.entries()) {
    const next = new Int32Array(offsets.length * extent);
    for (let i = 0; i < offsets.length; i++)
      for (let j = 0; j < extent; j++)
        next[i * extent + j] = (offsets[i] as number) + j * (strides[axis] as number);
    offsets = next;
  }
  return offsets;
}

/** Batching of an elementwise operation: batched arguments are aligned with the result, and broadcasting does the rest. */
export const batchElementwise: Batch = (b, node, inputs, batched) => {
  const rank = node.type.shape.length;
  const aligned = inputs.map((input, index) => {
    if (!batched[index]) return input;
    const [size, ...shape] = input.type.shape as [number, ...number[]];
    return b.reshape(input, [size, ...new Array<number>(rank - shape.length).fill(1), ...shape]);
  });
  return b.apply(node.op, aligned, node.attributes);
};

/** The floats of a tensor on the reference interpreter. */
export function floats(tensor: HostTensor | undefined): Numbers {
  return (tensor as HostTensor).data as Numbers;
}

interface SmoothFunction {
  readonly name: string;
  readonly summary: string;
  readonly f: (x: number) => number;
  /** f'(x) as a graph; `y` is f(x). */
  readonly derivative: (b: OpBuilder, x: Node, y: Node) => Node;
  readonly emit: (scope: EmitScope, x: string, node: Node) => string;
  readonly samples: readonly Sample[];
}

/** An elementwise function given by its value and its derivative: its tangent is f'(x) dx. */
export function smoothFunction({ f, derivative, emit, ...rest }: SmoothFunction): NonlinearOp {
  return defineOp({
    ...rest,
    kind: 'nonlinear',
    infer: unaryFloat(rest.name),
    evaluate: mapElements(f),
    jvp: (b, node, [dx]) => b.mul(dx as Node, derivative(b, node.inputs[0] as Node, node)),
    emit: (scope, [x], node) => emit(scope, x as string, node),
  });
}

/** Samples of a function of one argument over a range. */
export const overRange = (low: number, high: number): readonly Sample[] => [
  { inputs: [{ shape: [7], range: [low, high] }] },
  { inputs: [{ shape: [2, 3], range: [low, high] }] },
  { inputs: [{ shape: [], range: [low, high] }] },
];
