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
  const data = allocate(dtype, sizeOf(spec.shape));
  const value = drawn(spec, seed, data.length);
  for (let i = 0; i < data.length; i++) data[i] = value(i);
  return { dtype, shape: spec.shape, data };
}

/** The value of each element, which are drawn here; `value(i)` only scales what was drawn. */
function drawn({ name, initial }: ParameterSpec, seed: number, size: number): (i: number) => number {
  const stream = new RandomStream(seed, 'parameter', name);
  switch (initial.kind) {
    case 'constant':
      return () => initial.value;
    case 'rows':
      return (i) => initial.values[i % initial.values.length] as number;
    case 'normal': {
      const values = stream.gaussian(size);
      return (i) => initial.standardDeviation * (values[i] as number);
    }
    case 'truncated-normal': {
      const values = drawTruncated(stream, seed, name, size);
      return (i) => initial.standardDeviation * (values[i] as number);
    }
    case 'uniform': {
      const values = stream.uniform(size);
      return (i) => initial.bound * (2 * (values[i] as number) - 1);
    }
    case 'time-step': {
      const values = stream.uniform(size);
      const [least, greatest] = [Math.log(initial.least), Math.log(initial.greatest)];
      return (i) => inverseSoftplus(Math.exp(least + (greatest - least) * (values[i] as number)));
    }
  }
}

/** The x whose log(1 + exp(x)) is y, for positive y. */
function inverseSoftplus(y: number): number {
  return y + Math.log(-Math.expm1(-y));
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
