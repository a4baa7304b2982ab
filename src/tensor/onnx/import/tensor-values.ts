/** The values of a TensorProto: in the file in one of several fields, or in a file beside it. */
import { type TensorProto, TensorProto_DataLocation } from 'onnx-buf';
import { UserError } from '../../../errors.ts';
import { type HostTensor, sizeOf } from '../../graph/type.ts';
import { elementType, emptyElements, fromBFloat16, fromFloat16, readElements } from './element-types.ts';

/** A tensor of the file whose values are read when they are asked for. */
export interface StoredTensor {
  readonly name: string;
  readonly dtype: HostTensor['dtype'];
  readonly shape: readonly number[];
  /** @throws UserError when the values do not fill the shape, or the file with them is not sound. */
  read(): HostTensor;
}

/** Reads bytes of a file that stands beside the ONNX file, which may be larger than memory. */
export interface ExternalData {
  /**
   * @param location of the file, relative to the ONNX file.
   * @param where names the tensor in messages.
   * @throws UserError when there is no such file, or it is too short.
   */
  read(location: string, offset: number, length: number, where: string): Uint8Array;
}

/** @param external files beside the ONNX file; null when there can be none. */
export function storedTensor(proto: TensorProto, external: ExternalData | null): StoredTensor {
  const { name } = proto;
  const where = `the tensor '${name}'`;
  const shape = checkedShape(proto.dims, where);
  const type = elementType(proto.dataType, where);
  const count = sizeOf(shape);
  return {
    name,
    dtype: type.dtype,
    shape,
    read: () => {
      const isExternal = proto.dataLocation === TensorProto_DataLocation.EXTERNAL;
      if (!isExternal && proto.rawData.length === 0)
        return { dtype: type.dtype, shape, data: typedValues(proto, count) };
      const bytes = isExternal ? externalBytes(proto, external, count * type.bytes) : proto.rawData;
      if (bytes.length < count * type.bytes)
        throw new UserError(
          `${where}: expected ${count * type.bytes} bytes for ${type.name}[${shape.join(', ')}], found ${bytes.length}; the file is damaged.`,
        );
      return { dtype: type.dtype, shape, data: readElements(type, bytes, count) };
    },
  };
}

/** Extents of a tensor. @throws UserError when they are no whole numbers, or their product is none that is exact. */
function checkedShape(dims: readonly bigint[], where: string): number[] {
  const shape = dims.map(Number);
  // An extent of 0 must not hide that the others are absurd.
  const size = sizeOf(shape.map((extent) => extent || 1));
  if (shape.every((extent) => extent >= 0) && Number.isSafeInteger(size)) return shape;
  throw new UserError(
    `${where}: expected a shape of whole numbers, found [${dims.slice(0, 8).join(', ')}]; the file is damaged.`,
  );
}

/** Values in the typed fields: small integers and half floats share `int32_data`. */
function typedValues(proto: TensorProto, count: number): HostTensor['data'] {
  const { name, dtype } = elementType(proto.dataType, `the tensor '${proto.name}'`);
  const lists: readonly ArrayLike<number | bigint>[] = [
    proto.floatData,
    proto.doubleData,
    proto.int32Data,
    proto.int64Data,
    proto.uint64Data,
  ];
  const values = lists.find((list) => list.length > 0) ?? [];
  if (values.length !== count)
    throw new UserError(
      `the tensor '${proto.name}': expected ${count} values, found ${values.length}; the file is damaged.`,
    );
  const data = emptyElements(dtype, count);
  const convert = { FLOAT16: fromFloat16, BFLOAT16: fromBFloat16 }[name as 'FLOAT16' | 'BFLOAT16'];
  for (let i = 0; i < count; i++) {
    const value = convert ? convert(Number(values[i])) : values[i];
    if (dtype === 'int64' && typeof value === 'number' && !Number.isInteger(value))
      throw new UserError(
        `the tensor '${proto.name}': expected whole numbers for ${name}, found ${value}; the file is damaged.`,
      );
    data[i] = (dtype === 'int64' ? BigInt(value as number) : Number(value)) as never;
  }
  return data;
}

function externalBytes(proto: TensorProto, external: ExternalData | null, length: number): Uint8Array {
  const entries = new Map(proto.externalData.map(({ key, value }) => [key, value]));
  const location = entries.get('location') ?? '';
  const where = `the tensor '${proto.name}'`;
  if (external === null || location === '') throw noExternalData(where, location);
  const offset = byteCount(entries.get('offset') ?? '0', 'offset', where);
  const stated = entries.get('length');
  if (stated !== undefined && byteCount(stated, 'length', where) < length)
    throw new UserError(`${where}: expected ${length} bytes in '${location}', found a length of ${stated}.`);
  return external.read(location, offset, length, where);
}

function byteCount(text: string, what: string, where: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(count)) return count;
  throw new UserError(`${where}: expected the ${what} of its values in bytes, found '${text.slice(0, 40)}'.`);
}

/** The mistake of a file whose values lie where nothing is read. */
export function noExternalData(where: string, location: string): UserError {
  return new UserError(
    `${where}: expected external data in a file beside the ONNX file, found '${location}'; keep both in one folder.`,
  );
}
