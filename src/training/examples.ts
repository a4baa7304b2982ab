/** Single examples of a data set, joined into batches in any order. */
import type { Dataset, MicroBatch } from '../network/data/dataset.ts';
import { RandomStream } from '../random/stream.ts';
import { allocate, type HostTensor, sizeOf } from '../tensor/graph/type.ts';

/** A part of a data set, one example of which is a sequence, an image or a pair of sentences. */
export interface Examples {
  readonly count: number;
  /** The examples of the given numbers, 0 to `count - 1`, as one batch. */
  batch(numbers: readonly number[]): MicroBatch;
}

/** Numbers in these tensors are rows of the whole batch, so those of later examples are moved. */
const ROW_TENSORS: ReadonlySet<string> = new Set(['maskedRows']);

/**
 * The examples `first` to `stop - 1` of a data set whose micro-batches hold one example each.
 *
 * @throws Error when a micro-batch holds more than one example.
 */
export function examplesOf(dataset: Dataset, first: number, stop: number): Examples {
  if (dataset.batchSize !== 1)
    throw new Error(`expected micro-batches of one example, found ${dataset.batchSize} in each`);
  return {
    count: stop - first,
    batch: (numbers) => join(numbers.map((number) => dataset.microBatch(first + number))),
  };
}

function join(parts: readonly MicroBatch[]): MicroBatch {
  const names = Object.keys(parts[0]?.tensors ?? {});
  return {
    tensors: Object.fromEntries(
      names.map((name) => {
        const tensors = parts.map(({ tensors }) => tensors[name] as HostTensor);
        const rows = ROW_TENSORS.has(name)
          ? parts.map(({ tensors }) => tensors.tokens?.shape[0] as number)
          : null;
        return [name, concatenate(rows ? moved(tensors, rows) : tensors)];
      }),
    ),
    weight: parts.reduce((sum, { weight }) => sum + weight, 0),
  };
}

function concatenate(tensors: readonly HostTensor[]): HostTensor {
  const [first] = tensors as [HostTensor];
  const [, ...rest] = first.shape;
  const rows = tensors.reduce((sum, { shape }) => sum + (shape[0] as number), 0);
  const shape = [rows, ...rest];
  const data = allocate(first.dtype, sizeOf(shape));
  let start = 0;
  for (const tensor of tensors) {
    // One type for all: the compiler cannot see that the arrays are of one kind.
    (data as Float64Array).set(tensor.data as Float64Array, start);
    start += tensor.data.length;
  }
  return { dtype: first.dtype, shape, data };
}

/** @param rows of each example, by which the numbers of the examples after it grow. */
function moved(tensors: readonly HostTensor[], rows: readonly number[]): HostTensor[] {
  let before = 0n;
  return tensors.map((tensor, index) => {
    const by = before;
    before += BigInt(rows[index] as number);
    return { ...tensor, data: (tensor.data as BigInt64Array).map((row) => row + by) };
  });
}

/** The order in which examples are seen: every epoch a new permutation, named by the seed, so that it can be resumed. */
export class ShuffledOrder {
  private readonly count: number;
  private readonly seed: number;
  private epoch = -1;
  private permutation: Uint32Array = new Uint32Array(0);

  constructor(count: number, seed: number) {
    this.count = count;
    this.seed = seed;
  }

  /** The examples at places `first` to `first + size - 1` of all epochs one after the other. */
  numbers(first: number, size: number): number[] {
    return Array.from({ length: size }, (_, index) => this.at(first + index));
  }

  private at(place: number): number {
    const epoch = Math.floor(place / this.count);
    if (epoch !== this.epoch) {
      this.epoch = epoch;
      this.permutation = new RandomStream(this.seed, 'shuffle', epoch).permutation(this.count);
    }
    return this.permutation[place % this.count] as number;
  }
}
