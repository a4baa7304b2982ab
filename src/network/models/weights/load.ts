/** Parameters of a model from a checkpoint, whichever way it stores them. */
import { UserError } from '../../../errors.ts';
import type { TensorStore } from '../../../tensor/files/safetensors.ts';
import { allocate, type FloatDType, type HostTensor, sameShape, sizeOf } from '../../../tensor/graph/type.ts';
import type { Model, ParameterSpec } from '../model.ts';
import { drawParameter, type ParameterValues } from '../parameters.ts';
import { OWN_LAYOUT, type StoredPart, type WeightLayout } from './layout.ts';

/** A model's parameters and what became of the checkpoint. */
export interface LoadedParameters {
  readonly values: ParameterValues;
  /** The layout that the checkpoint was found to have, for people. */
  readonly layout: string;
  /** Parameters that the checkpoint lacks, drawn as at initialisation. */
  readonly drawn: readonly string[];
  /** Tensors of the checkpoint that the model has no use for. */
  readonly unused: readonly string[];
}

/**
 * Reads the parameters of a model one by one, in the precision asked for.
 *
 * @param layouts how the checkpoint may be stored, besides hesscope's own way; the one that misses least is taken.
 * @param seed of the parameters that the checkpoint may lack.
 * @throws UserError when a parameter is missing or has another shape, naming it, or a value is not finite.
 */
export async function loadParameters(
  model: Model,
  tensors: TensorStore,
  layouts: readonly WeightLayout[],
  seed: number,
  dtype: FloatDType,
): Promise<LoadedParameters> {
  const { layout, missing } = bestLayout(model, tensors, layouts);
  const drawn = missing.filter((parameter) => layout.mayLack(parameter));
  const absent = missing.filter((parameter) => !layout.mayLack(parameter));
  if (absent.length > 0) throw missingParameters(model, tensors, layout, absent);
  const used = new Set<string>();
  const values: Record<string, HostTensor> = {};
  for (const parameter of model.parameters) {
    const { name } = parameter;
    if (drawn.includes(parameter)) {
      values[name] = drawParameter(parameter, seed, dtype);
      continue;
    }
    const parts = locate(parameter, tensors, layout) as readonly Located[];
    for (const part of parts) used.add(part.name);
    values[name] = await readParameter(parameter, parts, tensors, dtype);
  }
  return {
    values,
    layout: layout.title,
    drawn: drawn.map(({ name }) => name),
    unused: [...tensors.entries.keys()].filter((name) => !used.has(name) && !layout.isBuffer(name)),
  };
}

/** A stored part and the name under which it was found. */
interface Located extends StoredPart {
  readonly name: string;
}

function bestLayout(model: Model, tensors: TensorStore, layouts: readonly WeightLayout[]) {
  const candidates = [OWN_LAYOUT, ...layouts].map((layout) => ({
    layout,
    missing: model.parameters.filter((parameter) => locate(parameter, tensors, layout) === null),
  }));
  return candidates.reduce((best, candidate) =>
    candidate.missing.length < best.missing.length ? candidate : best,
  );
}

function locate(
  parameter: ParameterSpec,
  tensors: TensorStore,
  layout: WeightLayout,
): readonly Located[] | null {
  const parts = layout.partsOf(parameter);
  if (parts === null) return null;
  const located: Located[] = [];
  for (const part of parts) {
    const name = part.names.find((candidate) => tensors.entries.has(candidate));
    if (name === undefined) return null;
    located.push({ ...part, name });
  }
  return located;
}

function missingParameters(
  model: Model,
  tensors: TensorStore,
  layout: WeightLayout,
  absent: readonly ParameterSpec[],
): UserError {
  const wanted = absent.map((parameter) => {
    const stored = layout.partsOf(parameter)?.map(({ names }) => names[0]) ?? [];
    return stored.length === 0 || stored[0] === parameter.name
      ? parameter.name
      : `${parameter.name} (stored as ${stored.join(', ')})`;
  });
  const shown = wanted.slice(0, 3).join(', ');
  const more = wanted.length > 3 ? ` and ${wanted.length - 3} more` : '';
  const names = [...tensors.entries.keys()].slice(0, 3).join(', ');
  return new UserError(
    `${tensors.path}: expected the ${model.parameters.length} parameters of ${model.name} in ${layout.title} layout, found none for ${shown}${more}; the file holds ${tensors.entries.size} tensors (${names}, ...). Take weights of this model, or the model of these weights with --model <folder with config.json>`,
  );
}

async function readParameter(
  parameter: ParameterSpec,
  parts: readonly Located[],
  tensors: TensorStore,
  dtype: FloatDType,
): Promise<HostTensor> {
  const read: HostTensor[] = [];
  for (const part of parts)
    read.push(takePart(await tensors.read(part.name), part, parameter.shape[0] ?? 1, tensors.path));
  const [first] = read as [HostTensor, ...HostTensor[]];
  const rows = read.reduce((sum, { shape }) => sum + (shape[0] ?? 1), 0);
  const shape = read.length === 1 ? first.shape : [rows, ...first.shape.slice(1)];
  if (!sameShape(shape, parameter.shape))
    throw new UserError(
      `${tensors.path}: ${parts.map(({ name }) => `"${name}"`).join(', ')}: expected the shape [${parameter.shape.join(', ')}] of ${parameter.name}, found [${shape.join(', ')}]; the model and the weights differ in size, take the model with --model <folder with config.json>`,
    );
  const data = allocate(dtype, sizeOf(shape)) as Float32Array | Float64Array;
  let position = 0;
  for (const tensor of read) {
    data.set(tensor.data as Float32Array | Float64Array, position);
    position += tensor.data.length;
  }
  const odd = data.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0)
    throw new UserError(
      `${tensors.path}: ${parameter.name}: expected finite numbers, found ${data[odd]} at ${odd}; the checkpoint is damaged, or its training has failed`,
    );
  return { dtype, shape: parameter.shape, data };
}

/** @param wanted rows of the parameter, of which positions may be fewer than those that are stored. */
function takePart(tensor: HostTensor, part: Located, wanted: number, path: string): HostTensor {
  if (tensor.dtype !== 'float32' && tensor.dtype !== 'float64')
    throw new UserError(`${path}: "${part.name}": expected floating-point numbers, found ${tensor.dtype}`);
  const upright = part.transposed ? transposeMatrix(tensor, part.name, path) : tensor;
  const rows = upright.shape[0] ?? 0;
  if (part.positions && rows > wanted) return sliceRows(upright, 0, wanted);
  if (part.stretch === undefined) return upright;
  const { index, of } = part.stretch;
  if (rows % of !== 0)
    throw new UserError(
      `${path}: "${part.name}": expected ${of} equal parts, found ${rows} rows; its layout is another one`,
    );
  return sliceRows(upright, (index * rows) / of, ((index + 1) * rows) / of);
}

function sliceRows({ dtype, shape, data }: HostTensor, from: number, to: number): HostTensor {
  const [, ...rest] = shape;
  const size = sizeOf(rest);
  return { dtype, shape: [to - from, ...rest], data: data.subarray(from * size, to * size) };
}

function transposeMatrix({ dtype, shape, data }: HostTensor, name: string, path: string): HostTensor {
  if (shape.length !== 2)
    throw new UserError(`${path}: "${name}": expected a matrix, found the shape [${shape.join(', ')}]`);
  const [rows, columns] = shape as [number, number];
  const from = data as Float32Array | Float64Array;
  const to = allocate(dtype, data.length) as Float32Array | Float64Array;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      to[column * rows + row] = from[row * columns + column] as number;
  return { dtype, shape: [columns, rows], data: to };
}
