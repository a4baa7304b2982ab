/** The values of a TensorProto: in the file in one of several fields, or in a file beside it. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';
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

/** @param path of the ONNX file, beside which external data lie; null when there is none. */
export function storedTensor(proto: TensorProto, path: string | null): StoredTensor {
  const { name } = proto;
  const shape = proto.dims.map(Number);
  const where = `the tensor '${name}'`;
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
      const bytes = isExternal ? externalBytes(proto, path, count * type.bytes) : proto.rawData;
      if (bytes.length < count * type.bytes)
        throw new UserError(
          `${where}: expected ${count * type.bytes} bytes for ${type.name}[${shape.join(', ')}], found ${bytes.length}; the file is damaged.`,
        );
      return { dtype: type.dtype, shape, data: readElements(type, bytes, count) };
    },
  };
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
    data[i] = (dtype === 'int64' ? BigInt(value as number) : Number(value)) as never;
  }
  return data;
}

/** Reads only the tensor's own range of the file, which may be larger than memory. */
function externalBytes(proto: TensorProto, path: string | null, length: number): Uint8Array {
  const entries = new Map(proto.externalData.map(({ key, value }) => [key, value]));
  const location = entries.get('location') ?? '';
  const offset = Number(entries.get('offset') ?? 0);
  const where = `the tensor '${proto.name}'`;
  if (path === null || location === '' || isAbsolute(location) || normalize(location).startsWith('..'))
    throw new UserError(
      `${where}: expected external data in a file beside the ONNX file, found '${location}'; keep both in one folder.`,
    );
  const place = join(dirname(path), location);
  const size = statSync(place, { throwIfNoEntry: false })?.size;
  if (size === undefined)
    throw new UserError(
      `${where}: expected its values in '${place}', which does not exist; put that file there.`,
    );
  if (size < offset + length)
    throw new UserError(
      `${where}: expected ${length} bytes from byte ${offset} on in '${place}', found a file of ${size} bytes; it is cut off.`,
    );
  const bytes = new Uint8Array(length);
  const file = openSync(place, 'r');
  try {
    // One read takes at most 2 GiB.
    for (let done = 0; done < length; ) {
      const read = readSync(file, bytes, done, Math.min(length - done, 2 ** 30), offset + done);
      if (read === 0) throw new UserError(`${where}: '${place}' ended before its values did.`);
      done += read;
    }
  } finally {
    closeSync(file);
  }
  return bytes;
}
