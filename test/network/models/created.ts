/** Models of presets and what they start from, for tests that compare them with their originals. */
import { type DataShape, MODEL_PRESETS, type ModelOptions } from '../../../src/network/models/index.ts';
import type { Model } from '../../../src/network/models/model.ts';
import { drawParameter } from '../../../src/network/models/parameters.ts';

/** The model of a preset. */
export function create(name: string, data: DataShape = {}, options: ModelOptions = {}): Model {
  const preset = MODEL_PRESETS[name];
  if (!preset) throw new Error(`there is no ${name}`);
  return preset.create(data, options);
}

/** `name [shape]` of all parameters, or of those whose name has a prefix. */
export function listed(model: Model, prefix = ''): string[] {
  return model.parameters
    .filter(({ name }) => name.startsWith(prefix))
    .map(({ name, shape }) => `${name} [${shape.join(', ')}]`);
}

/** The initial values of a parameter with seed 0. */
export function valuesOf(model: Model, name: string): Float64Array {
  const spec = model.parameters.find((parameter) => parameter.name === name);
  if (!spec) throw new Error(`${model.name} has no ${name}`);
  return drawParameter(spec, 0, 'float64').data as Float64Array;
}

/** Mean and standard deviation of a parameter's initial values, and how many there are. */
export function momentsOf(
  model: Model,
  name: string,
): { readonly mean: number; readonly deviation: number; readonly count: number } {
  const values = valuesOf(model, name);
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
  return { mean, deviation: Math.sqrt(variance), count };
}
