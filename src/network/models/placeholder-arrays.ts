/** Arrays of zeros of the shapes that an imported network takes: enough to count its cost, not to measure it. */
import { UserError } from '../../errors.ts';
import { allocate, type HostTensor, sizeOf, type TensorType } from '../../tensor/graph/type.ts';
import { newBuilder } from '../../tensor/ops/index.ts';
import { type ArrayDataset, LOSS_TARGETS } from '../data/dataset.ts';
import type { ImportedNetwork } from './imported.ts';
import { type LossName, targetDType } from './losses.ts';

/** Extents that a file leaves open, by name. */
export type OpenExtents = Readonly<Record<string, number>>;

/**
 * The types of the inputs. An open first axis takes the batch size.
 * @throws UserError when another open extent is not given.
 */
export function inputTypes(
  { inputs, model }: ImportedNetwork,
  batch: number,
  extents: OpenExtents,
): Record<string, TensorType> {
  return Object.fromEntries(
    inputs.map(({ name, dtype, dims }) => {
      if (dims === null)
        throw new UserError(
          `${model.name} does not state the shape of its input '${name}'; give arrays by 'inputs'.`,
        );
      const shape = dims.map((dim, axis) => {
        if (typeof dim === 'number') return dim;
        const given = dim === null ? undefined : extents[dim];
        if (given !== undefined) return given;
        if (axis === 0) return batch;
        throw new UserError(
          `The input '${name}' leaves '${dim ?? `axis ${axis}`}' open; give it by --dim ${dim ?? 'name'}=16, or arrays by 'inputs'.`,
        );
      });
      return [name, { dtype, shape }];
    }),
  );
}

/** The type of the output that goes into the loss, for inputs of given types. */
export function outputType(
  network: ImportedNetwork,
  inputs: Readonly<Record<string, TensorType>>,
): TensorType {
  const b = newBuilder();
  const dtype = 'float32';
  const batch = Object.fromEntries(
    Object.entries(inputs).map(([name, type]) => [
      name,
      b.input(`batch.${name}`, type.dtype === 'float64' ? { ...type, dtype } : type),
    ]),
  );
  const parameters = Object.fromEntries(
    network.model.parameters.map(({ name, shape }) => [name, b.input(name, { dtype, shape })]),
  );
  return network.output(b, parameters, batch).type;
}

/** The loss that fits an output when none was chosen. */
export function likelyLoss({ shape }: TensorType): LossName {
  if (sizeOf(shape) === 1) return 'none';
  return shape.length > 1 ? 'cross-entropy' : 'mse';
}

/** One micro-batch of zeros, with targets that fit the loss. */
export function placeholderArrays(
  inputs: Readonly<Record<string, TensorType>>,
  output: TensorType,
  loss: LossName,
): ArrayDataset {
  const zeros = ({ dtype, shape }: TensorType): HostTensor => ({
    dtype,
    shape,
    data: allocate(dtype, sizeOf(shape)),
  });
  const dtype = targetDType(loss);
  const tensors = Object.fromEntries(Object.entries(inputs).map(([name, type]) => [name, zeros(type)]));
  if (dtype !== null) {
    const classAxis = output.shape.length === 4 ? 1 : output.shape.length - 1;
    const places = output.shape.filter((_, axis) => axis !== classAxis);
    tensors[LOSS_TARGETS] = zeros({ dtype, shape: dtype === 'int64' ? places : output.shape });
  }
  const rows = Object.values(inputs)[0]?.shape[0] ?? 1;
  return {
    kind: 'arrays',
    name: 'placeholders',
    description: `zeros in place of data, ${rows} rows`,
    batchSize: rows,
    microBatchCount: 1,
    microBatch: () => ({ tensors, weight: rows }),
  };
}
