/** The element types of ONNX tensors: how their bytes become the types that graphs know. */
import { UserError } from '../../../errors.ts';
import type { DType, TensorData } from '../../graph/type.ts';

interface ElementType {
  /** As ONNX calls it. */
  readonly name: string;
  /** The type that graphs have for it; all floats that are not double are float32. */
  readonly dtype: DType;
  readonly bytes: number;
  /** Reads element `index` from little-endian bytes. */
  read(view: DataView, index: number): number | bigint;
}

/** By the number of TensorProto.DataType. */
const ELEMENT_TYPES: Readonly<Record<number, ElementType>> = {
  1: { name: 'FLOAT', dtype: 'float32', bytes: 4, read: (view, i) => view.getFloat32(4 * i, true) },
  2: { name: 'UINT8', dtype: 'int64', bytes: 1, read: (view, i) => BigInt(view.getUint8(i)) },
  3: { name: 'INT8', dtype: 'int64', bytes: 1, read: (view, i) => BigInt(view.getInt8(i)) },
  4: { name: 'UINT16', dtype: 'int64', bytes: 2, read: (view, i) => BigInt(view.getUint16(2 * i, true)) },
  5: { name: 'INT16', dtype: 'int64', bytes: 2, read: (view, i) => BigInt(view.getInt16(2 * i, true)) },
  6: { name: 'INT32', dtype: 'int64', bytes: 4, read: (view, i) => BigInt(view.getInt32(4 * i, true)) },
  7: { name: 'INT64', dtype: 'int64', bytes: 8, read: (view, i) => view.getBigInt64(8 * i, true) },
  9: { name: 'BOOL', dtype: 'bool', bytes: 1, read: (view, i) => view.getUint8(i) },
  10: {
    name: 'FLOAT16',
    dtype: 'float32',
    bytes: 2,
    read: (view, i) => fromFloat16(view.getUint16(2 * i, true)),
  },
  11: { name: 'DOUBLE', dtype: 'float64', bytes: 8, read: (view, i) => view.getFloat64(8 * i, true) },
  12: { name: 'UINT32', dtype: 'int64', bytes: 4, read: (view, i) => BigInt(view.getUint32(4 * i, true)) },
  13: { name: 'UINT64', dtype: 'int64', bytes: 8, read: (view, i) => view.getBigInt64(8 * i, true) },
  16: {
    name: 'BFLOAT16',
    dtype: 'float32',
    bytes: 2,
    read: (view, i) => fromBFloat16(view.getUint16(2 * i, true)),
  },
};

/** The element type of a number. @throws UserError for text, complex and packed types, naming what has it. */
export function elementType(number: number, where: string): ElementType {
  const type = ELEMENT_TYPES[number];
  if (type) return type;
  throw new UserError(
    `${where}: expected floating-point, integer or boolean elements, found ONNX's element type ${number}, which hesscope does not read; export the network without it.`,
  );
}

/** Elements from little-endian bytes. */
export function readElements(type: ElementType, bytes: Uint8Array, count: number): TensorData[DType] {
  const data = emptyElements(type.dtype, count);
  const { buffer, byteOffset, byteLength } = bytes;
  // The usual types lie in memory as the machine reads them, once they start at a whole element.
  if (type.name === 'FLOAT' || type.name === 'DOUBLE' || type.name === 'INT64') {
    new Uint8Array(data.buffer).set(bytes.subarray(0, count * type.bytes));
    return data;
  }
  const view = new DataView(buffer, byteOffset, byteLength);
  for (let i = 0; i < count; i++) data[i] = type.read(view, i) as never;
  return data;
}

/** A zero-filled array for a type of graphs. */
export function emptyElements(dtype: DType, count: number): TensorData[DType] {
  if (dtype === 'float32') return new Float32Array(count);
  if (dtype === 'float64') return new Float64Array(count);
  return dtype === 'int64' ? new BigInt64Array(count) : new Uint8Array(count);
}

/** IEEE half precision: 1 sign, 5 exponent and 10 fraction bits. */
export function fromFloat16(bits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of a float32. */
export function fromBFloat16(bits: number): number {
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0] as number;
}
