/** A user's own arrays as micro-batches. */
import { UserError } from '../../errors.ts';
import { type DType, formatType, type HostTensor, sizeOf, type TensorData } from '../../tensor/graph/type.ts';
import {
  type ArrayDataset,
  type Cut,
  checkCut,
  checkIndex,
  formatCount,
  formatMicroBatches,
  LOSS_TARGETS,
  leastMicroBatches,
  microBatchCountOf,
} from './dataset.ts';
import type { NamedArray } from './npy.ts';

/** What a network takes under a name. */
export interface WantedArray {
  readonly name: string;
  readonly dtype: DType;
}

export interface ArraysRequest extends Cut {
  /** `.npy` and `.npz` files, each perhaps as `input=file`; without names in the order of the inputs. */
  readonly inputs: readonly string[];
  /** A `.npy` file with what the loss compares with; left out where the network has the loss. */
  readonly targets?: string | undefined;
  readonly wantedInputs: readonly WantedArray[];
  readonly wantedTargets: DType | null;
  /** Class of targets that are not counted; they then weigh nothing in the mean over micro-batches. */
  readonly ignoredClass?: number | undefined;
}

/** Reads the arrays of a place. @throws UserError when there are none. */
export type ReadArrays = (place: string) => Promise<NamedArray[]>;

/**
 * Reads the arrays and cuts them along their first axis: micro-batch k holds the rows `offset + k B` to
 * `offset + (k + 1) B - 1`.
 *
 * @throws UserError when arrays are missing or too many, their elements are of another kind than wanted, they differ in
 *   rows, or have fewer than asked for.
 */
export async function arrayDataset(request: ArraysRequest, read: ReadArrays): Promise<ArrayDataset> {
  checkCut(request);
  const arrays = await wantedArrays(request, read);
  const { batchSize, offset = 0 } = request;
  const rows = commonRows(arrays);
  const least = leastMicroBatches(request);
  if (rows - offset < batchSize * least)
    throw new UserError(
      `Expected ${formatCount(batchSize * least)} rows from row ${formatCount(offset)} on (${formatMicroBatches(least)} of ${batchSize}), found ${formatCount(Math.max(0, rows - offset))} in the arrays; ask for fewer by 'batch' and 'microBatches'.`,
    );
  const microBatches = microBatchCountOf(request, rows - offset);
  const names = request.targets === undefined ? request.inputs : [...request.inputs, request.targets];
  return {
    kind: 'arrays',
    name: 'arrays',
    description: `${names.join(', ')}; ${formatMicroBatches(microBatches)} of ${batchSize} rows from row ${formatCount(offset)} on`,
    batchSize,
    microBatchCount: microBatches,
    microBatch(index) {
      checkIndex(index, microBatches);
      const first = offset + index * batchSize;
      const tensors = Object.fromEntries(
        arrays.map(({ name, array }) => [name, rowsOf(array, first, batchSize)]),
      );
      return { tensors, weight: weightOf(tensors[LOSS_TARGETS], batchSize, request.ignoredClass) };
    },
  };
}

/** Terms of the loss's mean: rows, or the targets that are counted. */
function weightOf(targets: HostTensor | undefined, batchSize: number, ignored: number | undefined): number {
  if (ignored === undefined || targets?.dtype !== 'int64') return batchSize;
  const classes = targets.data as BigInt64Array;
  return classes.reduce((count, label) => count + Number(label !== BigInt(ignored)), 0);
}

async function wantedArrays(request: ArraysRequest, readPlace: ReadArrays): Promise<NamedArray[]> {
  const { wantedInputs, wantedTargets, targets } = request;
  const read = (await Promise.all(request.inputs.map((given) => readGiven(given, readPlace)))).flat();
  const inputs = assign(read, wantedInputs);
  if (wantedTargets === null) {
    if (targets !== undefined)
      throw new UserError(`The loss compares with nothing, found targets in '${targets}'; leave them out.`);
    return inputs;
  }
  if (targets === undefined)
    throw new UserError("Expected targets for the loss, found none; give a .npy file by 'targets'.");
  const [first, ...others] = await readPlace(targets);
  if (!first || others.length > 0)
    throw new UserError(
      `${targets}: expected one array of targets, found ${others.length + (first ? 1 : 0)}.`,
    );
  return [...inputs, { name: LOSS_TARGETS, array: converted(first.array, wantedTargets, 'targets') }];
}

/** `name=file`, or a file. */
async function readGiven(given: string, readPlace: ReadArrays): Promise<NamedArray[]> {
  const equals = given.indexOf('=');
  if (equals < 0) return readPlace(given);
  const read = await readPlace(given.slice(equals + 1));
  if (read.length === 1) return [{ name: given.slice(0, equals), array: (read[0] as NamedArray).array }];
  throw new UserError(`'${given}': expected one array for the input, found ${read.length}.`);
}

function assign(read: readonly NamedArray[], wanted: readonly WantedArray[]): NamedArray[] {
  const list = wanted.map(({ name }) => `'${name}'`).join(', ');
  const isNamed = read.length > 0 && read.every(({ name }) => wanted.some((input) => input.name === name));
  if (!isNamed && read.length !== wanted.length)
    throw new UserError(
      `Expected an array for each of the network's inputs ${list}, found ${read.length} by 'inputs'; give them in this order, or as name=file.`,
    );
  return wanted.map(({ name, dtype }, index) => {
    const found = isNamed ? read.find((array) => array.name === name) : read[index];
    if (!found)
      throw new UserError(`Expected an array for the input '${name}', found none; the inputs are ${list}.`);
    return { name, array: converted(found.array, dtype, `the input '${name}'`) };
  });
}

/** Integers may stand for floats, as bytes of images do; nothing else changes its kind. */
function converted(array: HostTensor, dtype: DType, what: string): HostTensor {
  const isFloat = (type: DType) => type === 'float32' || type === 'float64';
  if (array.dtype === dtype || (isFloat(array.dtype) && isFloat(dtype))) return array;
  if (isFloat(dtype))
    return {
      dtype: 'float64',
      shape: array.shape,
      data: Float64Array.from(array.data as ArrayLike<number | bigint>, Number),
    };
  if (dtype === 'int64' && array.dtype === 'bool')
    return { dtype, shape: array.shape, data: BigInt64Array.from(array.data as Uint8Array, BigInt) };
  if (dtype === 'bool' && array.dtype === 'int64')
    return {
      dtype,
      shape: array.shape,
      data: Uint8Array.from(array.data as BigInt64Array, (x) => Number(x !== 0n)),
    };
  throw new UserError(
    `Expected ${dtype === 'int64' ? 'integers' : dtype} for ${what}, found ${formatType(array)}; convert the array with astype.`,
  );
}

function commonRows(arrays: readonly NamedArray[]): number {
  const counts = arrays.map(({ array }) => array.shape[0] ?? 0);
  if (counts.every((count) => count === counts[0])) return counts[0] ?? 0;
  const list = arrays.map(({ name, array }) => `${name} ${formatType(array)}`).join(', ');
  throw new UserError(`Expected arrays with as many rows each, found ${list}.`);
}

function rowsOf({ dtype, shape, data }: HostTensor, first: number, count: number): HostTensor {
  const size = sizeOf(shape.slice(1));
  const part = data.slice(first * size, (first + count) * size) as TensorData[DType];
  return { dtype, shape: [count, ...shape.slice(1)], data: part };
}
