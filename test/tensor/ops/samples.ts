/** Applies a registry sample: builds its inputs, draws its values, measures differences. */

import { RandomStream } from '../../../src/random/stream.ts';
import type { Node } from '../../../src/tensor/graph/node.ts';
import { type FloatDType, type HostTensor, sizeOf } from '../../../src/tensor/graph/type.ts';
import type { OpDefinition, Sample } from '../../../src/tensor/ops/define/operation.ts';
import { newBuilder } from '../../../src/tensor/ops/index.ts';
import type { OpBuilder } from '../../../src/tensor/ops/syntax.ts';

export interface Application {
  readonly b: OpBuilder;
  readonly inputs: readonly Node[];
  readonly output: Node;
  /** The floating-point arguments. */
  readonly primals: readonly Node[];
  readonly feeds: Record<string, HostTensor>;
}

/** One application of an operation in a precision, with random values for its arguments. */
export function applySample(op: OpDefinition, sample: Sample, dtype: FloatDType): Application {
  const b = newBuilder();
  const feeds: Record<string, HostTensor> = {};
  const inputs = sample.inputs.map((input, index) => {
    const tensor = draw(op.name, index, input, dtype);
    feeds[`x${index}`] = tensor;
    return b.input(`x${index}`, tensor);
  });
  const attributes = Object.fromEntries(
    Object.entries(sample.attributes ?? {}).map(([key, value]) => [key, value === 'float64' ? dtype : value]),
  );
  const output = b.apply(op.name, inputs, attributes);
  return { b, inputs, output, primals: inputs.filter((node) => node.type.dtype === dtype), feeds };
}

function draw(op: string, index: number, input: Sample['inputs'][number], dtype: FloatDType): HostTensor {
  const { shape } = input;
  const size = sizeOf(shape);
  const stream = new RandomStream(1, 'op samples', op, index, ...shape);
  if ('below' in input)
    return {
      dtype: 'int64',
      shape,
      data: BigInt64Array.from(Array.from(stream.integers(input.below, size)), BigInt),
    };
  if ('bool' in input)
    return { dtype: 'bool', shape, data: Uint8Array.from(Array.from(stream.integers(2, size))) };
  const [low, high] = input.range ?? [-1, 1];
  return tensorOf(
    dtype,
    shape,
    stream.uniform(size).map((u) => low + (high - low) * u),
  );
}

/** A tensor of a floating-point type from float64 values. */
export function tensorOf(dtype: FloatDType, shape: readonly number[], values: Float64Array): HostTensor {
  return { dtype, shape, data: dtype === 'float32' ? Float32Array.from(values) : values };
}

/** Largest difference relative to the largest magnitude (at least 1) of the expected values. */
export function relativeError(found: HostTensor, expected: HostTensor): number {
  if (found.data.length !== expected.data.length)
    throw new Error(`expected ${expected.data.length} values, found ${found.data.length}`);
  let [worst, scale] = [0, 1];
  for (let i = 0; i < expected.data.length; i++) {
    const difference = Math.abs(Number(found.data[i]) - Number(expected.data[i]));
    if (!(difference <= worst)) worst = difference;
    scale = Math.max(scale, Math.abs(Number(expected.data[i])));
  }
  return worst / scale;
}
