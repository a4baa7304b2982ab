import { RandomStream } from '../../random/stream.ts';
import { allocate, type FloatDType, type HostTensor, sizeOf } from '../../tensor/graph/type.ts';
import type { Model, ParameterSpec } from './model.ts';

/** A model's parameters by name. */
export type ParameterValues = Readonly<Record<string, HostTensor>>;

/**
 * Draws all parameters of a model. Each has its own random stream named by the parameter, so its values
 * depend on the seed and its name alone; float32 values are the rounded float64 ones.
 */
export function initialiseParameters(model: Model, seed: number, dtype: FloatDType): ParameterValues {
  return Object.fromEntries(model.parameters.map((spec) => [spec.name, drawParameter(spec, seed, dtype)]));
}

/** Draws one parameter, as `initialiseParameters` does. */
export function drawParameter(spec: ParameterSpec, seed: number, dtype: FloatDType): HostTensor {
  const size = sizeOf(spec.shape);
  const data = allocate(dtype, size);
  const stream = new RandomStream(seed, 'parameter', spec.name);
  const { initial } = spec;
  if (initial.kind === 'constant') data.fill(initial.value);
  else if (initial.kind === 'normal') {
    const values = stream.gaussian(size);
    for (let i = 0; i < size; i++) data[i] = initial.standardDeviation * (values[i] as number);
  } else if (initial.kind === 'truncated-normal') {
    const values = drawTruncated(stream, seed, spec.name, size);
    for (let i = 0; i < size; i++) data[i] = initial.standardDeviation * (values[i] as number);
  } else {
    const values = stream.uniform(size);
    for (let i = 0; i < size; i++) data[i] = initial.bound * (2 * (values[i] as number) - 1);
  }
  return { dtype, shape: spec.shape, data };
}

/**
 * Standard normal numbers within -2 and 2. One that lies outside is drawn again from the stream of the next attempt, so
 * that each element depends on its place alone.
 */
function drawTruncated(first: RandomStream, seed: number, name: string, size: number): Float64Array {
  const values = first.gaussian(size);
  for (let i = 0; i < size; i++) {
    for (let attempt = 1; Math.abs(values[i] as number) > 2; attempt++)
      values[i] = new RandomStream(seed, 'parameter', name, attempt).gaussian(1, i)[0] as number;
  }
  return values;
}
