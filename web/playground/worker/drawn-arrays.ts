/** Inputs and targets for a network that came without data: random, and the same for the same seed. */
import { type ArrayDataset, checkIndex, LOSS_TARGETS } from '../../../src/network/data/dataset.ts';
import type { ImportedNetwork } from '../../../src/network/models/imported.ts';
import { type LossName, targetDType } from '../../../src/network/models/losses.ts';
import { RandomStream } from '../../../src/random/stream.ts';
import { allocate, type HostTensor, sizeOf, type TensorType } from '../../../src/tensor/graph/type.ts';
import type { DeclaredValue } from '../../../src/tensor/onnx/import/onnx-graph.ts';
import { newBuilder } from '../../../src/tensor/ops/index.ts';

/** What an axis besides the first gets where the file leaves it open. */
const OPEN_EXTENT = 16;
/** Whole numbers are drawn below this: the smallest table that they may look up in has so many rows. */
const FEWEST_ROWS = 2;

/** An input's type for so many rows: what the file leaves open is the rows on the first axis, else a usual extent. */
function typeFor({ dtype, dims }: DeclaredValue, rows: number): TensorType {
  const shape = (dims ?? [null]).map((dim, axis) =>
    typeof dim === 'number' ? dim : axis === 0 ? rows : OPEN_EXTENT,
  );
  return { dtype, shape };
}

/** The type of the output that goes into the loss, for so many rows. */
export function outputType(network: ImportedNetwork, rows: number): TensorType {
  const b = newBuilder();
  const parameters = Object.fromEntries(
    network.model.parameters.map(({ name, shape }) => [name, b.input(name, { dtype: 'float32', shape })]),
  );
  const batch = Object.fromEntries(
    network.inputs.map((input) => [input.name, b.input(`batch.${input.name}`, typeFor(input, rows))]),
  );
  return network.output(b, parameters, batch).type;
}

/** A scalar is a loss itself, several numbers along the last axis are scores of classes, anything else is a regression. */
export function fittingLoss({ shape }: TensorType): LossName {
  if (sizeOf(shape) === 1) return 'none';
  return shape.length > 1 && (shape.at(-1) as number) > 1 ? 'cross-entropy' : 'mse';
}

/**
 * Standard normal numbers for floats, small whole numbers for tokens, ones for masks; targets that fit the output.
 * @param microBatches `paper` stands for one.
 */
export function drawnArrays(
  network: ImportedNetwork,
  batchSize: number,
  microBatches: number | 'paper',
  seed: number,
): ArrayDataset {
  const microBatchCount = microBatches === 'paper' ? 1 : microBatches;
  const output = outputType(network, batchSize);
  const wanted = targetDType(network.loss);
  return {
    kind: 'arrays',
    name: 'drawn',
    description: `random inputs and targets drawn with seed ${seed}, since the file came without arrays`,
    batchSize,
    microBatchCount,
    microBatch(index) {
      checkIndex(index, microBatchCount);
      const tensors: Record<string, HostTensor> = {};
      for (const input of network.inputs)
        tensors[input.name] = drawn(typeFor(input, batchSize), FEWEST_ROWS, seed, index, input.name);
      const targets = targetType(output, wanted);
      if (targets) {
        const classes = output.shape.at(-1) as number;
        tensors[LOSS_TARGETS] = drawn(targets, classes, seed, index, LOSS_TARGETS);
      }
      return { tensors, weight: batchSize };
    },
  };
}

/** Classes stand along the last axis of an output. */
function targetType({ dtype, shape }: TensorType, wanted: HostTensor['dtype'] | null): TensorType | null {
  if (wanted === null) return null;
  return wanted === 'int64' ? { dtype: 'int64', shape: shape.slice(0, -1) } : { dtype, shape };
}

function drawn(
  { dtype, shape }: TensorType,
  bound: number,
  seed: number,
  index: number,
  name: string,
): HostTensor {
  const size = sizeOf(shape);
  const stream = new RandomStream(seed, 'playground', index, name);
  if (dtype === 'int64')
    return { dtype, shape, data: BigInt64Array.from(stream.integers(bound, size), BigInt) };
  if (dtype === 'bool') return { dtype, shape, data: new Uint8Array(size).fill(1) };
  const data = allocate(dtype, size);
  (data as Float32Array).set(stream.gaussian(size));
  return { dtype, shape, data };
}
