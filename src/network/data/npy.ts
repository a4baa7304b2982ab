/**
 * Arrays in numpy's formats: `.npy`, one array, and `.npz`, a zip archive of them.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { UserError } from '../../errors.ts';
import { type HostTensor, sizeOf } from '../../tensor/graph/type.ts';
import { emptyElements, fromFloat16 } from '../../tensor/onnx/import/element-types.ts';
import { filesOfZip } from './zip.ts';

/** Element types by numpy's code without its byte order: how they are read, and what they become. */
const ELEMENT_READERS: Readonly<
  Record<
    string,
    readonly [HostTensor['dtype'], number, (view: DataView, at: number, little: boolean) => number | bigint]
  >
> = {
  f2: ['float32', 2, (view, at, little) => fromFloat16(view.getUint16(at, little))],
  f4: ['float32', 4, (view, at, little) => view.getFloat32(at, little)],
  f8: ['float64', 8, (view, at, little) => view.getFloat64(at, little)],
  i1: ['int64', 1, (view, at) => BigInt(view.getInt8(at))],
  i2: ['int64', 2, (view, at, little) => BigInt(view.getInt16(at, little))],
  i4: ['int64', 4, (view, at, little) => BigInt(view.getInt32(at, little))],
  i8: ['int64', 8, (view, at, little) => view.getBigInt64(at, little)],
  u1: ['int64', 1, (view, at) => BigInt(view.getUint8(at))],
  u2: ['int64', 2, (view, at, little) => BigInt(view.getUint16(at, little))],
  u4: ['int64', 4, (view, at, little) => BigInt(view.getUint32(at, little))],
  b1: ['bool', 1, (view, at) => view.getUint8(at)],
};

/** An array with the name under which it stands. */
export interface NamedArray {
  readonly name: string;
  readonly array: HostTensor;
}

/**
 * The arrays of a `.npy` file (one, named '') or a `.npz` file (in the archive's order).
 * @param name of the file, by whose ending the two are told apart.
 * @throws UserError when the bytes are not sound, or their elements are of another kind.
 */
export function decodeArrays(bytes: Uint8Array, name: string): NamedArray[] {
  if (!name.endsWith('.npz')) return [{ name: '', array: decodeNpy(bytes, name) }];
  return [...filesOfZip(bytes, name)].map(([member, content]) => ({
    name: member.replace(/\.npy$/, ''),
    array: decodeNpy(content, `${name}, ${member}`),
  }));
}

/**
 * Decodes one array: floats stay as wide as they are (half floats become float32), integers become int64.
 * @param where names the source in messages.
 * @throws UserError when the bytes are no such array.
 */
export function decodeNpy(bytes: Uint8Array, where: string): HostTensor {
  const magic = String.fromCharCode(...bytes.subarray(0, 6));
  // Version 1 has a header length of two bytes, later ones of four.
  const start = bytes[6] === 1 ? 10 : 12;
  if (magic !== '\x93NUMPY' || bytes.length < start)
    throw new UserError(
      `${where}: expected an array in numpy's .npy format, found something else; save it with numpy.save.`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = start === 10 ? view.getUint16(8, true) : view.getUint32(8, true);
  const header = new TextDecoder().decode(bytes.subarray(start, start + length));
  const { code, isLittle, isFortran, shape } = parseHeader(header, where);
  const [dtype, size, read] = ELEMENT_READERS[code] ?? refuseElements(code, where);
  const count = sizeOf(shape);
  const body = start + length;
  if (bytes.length < body + count * size)
    throw new UserError(
      `${where}: expected ${count * size} bytes for an array of shape [${shape.join(', ')}], found ${bytes.length - body}; the file is cut off.`,
    );
  const data = emptyElements(dtype, count);
  for (let i = 0; i < count; i++) {
    const at = isFortran ? columnMajor(i, shape) : i;
    data[i] = read(view, body + at * size, isLittle) as never;
  }
  if (dtype === 'bool' && (data as Uint8Array).some((byte) => byte > 1))
    throw new UserError(`${where}: expected bools as bytes 0 or 1, found others; the file is damaged.`);
  return { dtype, shape, data };
}

function parseHeader(header: string, where: string) {
  const descr = /'descr':\s*'([<>|=]?)([a-zA-Z]\d+)'/.exec(header);
  const order = /'fortran_order':\s*(True|False)/.exec(header);
  const extents = /'shape':\s*\(([^)]*)\)/.exec(header);
  if (!descr || !order || !extents)
    throw new UserError(
      `${where}: expected plain numbers, found an array described as ${header.trim().slice(0, 200)}.`,
    );
  const shape = parseShape(extents[1] as string, where);
  return { code: descr[2] as string, isLittle: descr[1] !== '>', isFortran: order[1] === 'True', shape };
}

/** Python's tuples of whole numbers: a comma may end them. */
function parseShape(text: string, where: string): number[] {
  const extents = text.replace(/,\s*$/, '').split(',');
  const shape =
    text.trim() === '' ? [] : extents.map((extent) => Number(/^\s*(\d+)L?\s*$/.exec(extent)?.[1]));
  // An extent of 0 must not hide that the others are absurd.
  if (shape.every(Number.isSafeInteger) && Number.isSafeInteger(sizeOf(shape.map((extent) => extent || 1))))
    return shape;
  throw new UserError(
    `${where}: expected a shape of whole numbers, found (${text.slice(0, 80)}); the file is damaged.`,
  );
}

function refuseElements(code: string, where: string): never {
  throw new UserError(
    `${where}: expected elements of ${Object.keys(ELEMENT_READERS).join(', ')}, found ${code}; convert the array with astype.`,
  );
}

/** Where the element at a row-major position lies in memory whose first axis runs fastest. */
function columnMajor(position: number, shape: readonly number[]): number {
  let [rest, stride, at] = [position, sizeOf(shape), 0];
  for (const [axis, extent] of shape.entries()) {
    stride /= extent;
    const index = Math.floor(rest / stride);
    rest -= index * stride;
    at += index * shape.slice(0, axis).reduce((size, before) => size * before, 1);
  }
  return at;
}
