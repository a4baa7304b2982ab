/** Tensors in safetensors files: read one by one by byte range, written aside and renamed. */
import type { FileHandle } from 'node:fs/promises';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../../errors.ts';
import type { DType, HostTensor, TensorData } from '../graph/type.ts';
import { allocate, byteSize, formatType, sizeOf } from '../graph/type.ts';
import type { TensorEntry } from './safetensors-header.ts';
import {
  checkName,
  formatHeader,
  LENGTH_BYTES,
  parseHeader,
  parseHeaderLength,
} from './safetensors-header.ts';

export type { TensorEntry } from './safetensors-header.ts';

/** Data begin at a multiple of this, so that a mapped file can feed vector instructions. */
const DATA_ALIGNMENT_BYTES = 64;

/** One read or write call; the system takes at most 2 GiB at once. */
const CHUNK_BYTES = 256 * 2 ** 20;

/** The stored types that can be read, and the element type that each becomes. */
const READABLE: ReadonlyMap<string, DType> = new Map([
  ['F32', 'float32'],
  ['F64', 'float64'],
  ['I64', 'int64'],
  ['BOOL', 'bool'],
  ['F16', 'float32'],
  ['BF16', 'float32'],
]);

const STORED_DTYPES: Readonly<Record<DType, string>> = {
  float32: 'F32',
  float64: 'F64',
  int64: 'I64',
  bool: 'BOOL',
};

/** What `writeSafetensors` takes: pairs as a `Map` or `Object.entries` yields them. */
export type NamedTensors = Iterable<readonly [name: string, tensor: HostTensor]>;

/** Named tensors on disk, read one at a time, so that they may be larger than memory together. */
export interface TensorStore {
  /** What messages call it: the file, or the index of several. */
  readonly path: string;
  /** The files that hold the tensors. */
  readonly files: readonly string[];
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** Reads one tensor into a fresh buffer of its own. */
  read(name: string): Promise<HostTensor>;
  /** No tensor can be read afterwards. */
  close(): Promise<void>;
}

/**
 * An open safetensors file. Only the header is in memory; each `read` fetches one tensor's bytes,
 * so the file may be larger than memory. Close it when done.
 */
export class SafetensorsFile implements TensorStore {
  readonly path: string;
  readonly files: readonly string[];
  /** The tensors in the order of their data. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** The free string map of the header; empty when there is none. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly #handle: FileHandle;

  private constructor(
    path: string,
    handle: FileHandle,
    entries: ReadonlyMap<string, TensorEntry>,
    metadata: Readonly<Record<string, string>>,
  ) {
    this.path = path;
    this.files = [path];
    this.entries = entries;
    this.metadata = metadata;
    this.#handle = handle;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws UserError when the file is missing or unreadable, or its header is not sound.
   */
  static async open(path: string): Promise<SafetensorsFile> {
    const handle = await openForReading(path);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw new UserError(`${path}: expected a safetensors file, found something else`);
      if (stats.size < LENGTH_BYTES) {
        throw new UserError(
          `${path}: expected a safetensors file, found only ${stats.size} bytes; copy or write it again`,
        );
      }
      const lengthBytes = new Uint8Array(LENGTH_BYTES);
      await readFully(handle, path, lengthBytes, 0);
      const json = new Uint8Array(parseHeaderLength(path, lengthBytes, stats.size));
      await readFully(handle, path, json, LENGTH_BYTES);
      const header = parseHeader(path, decodeUtf8(path, json), LENGTH_BYTES + json.length, stats.size);
      return new SafetensorsFile(path, handle, header.entries, header.metadata);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /**
   * Reads one tensor into a fresh buffer of its own. F16 and BF16 become float32, exactly.
   *
   * @throws UserError when there is no such tensor, its type is not one hesscope knows, a BOOL byte is
   *   neither 0 nor 1, or the file has shrunk since it was opened.
   */
  async read(name: string): Promise<HostTensor> {
    const entry = this.entries.get(name);
    if (entry === undefined) {
      throw new UserError(
        `${this.path}: expected a tensor "${name}", found ${listNames([...this.entries.keys()])}`,
      );
    }
    const dtype = READABLE.get(entry.storedDtype);
    if (dtype === undefined) {
      throw new UserError(
        `${this.path}: tensor "${name}": expected one of the types ${[...READABLE.keys()].join(', ')}, found ${entry.storedDtype}; convert it first`,
      );
    }
    const { shape, storedDtype } = entry;
    if (storedDtype === 'F16' || storedDtype === 'BF16') {
      const halves = new Uint16Array(sizeOf(shape));
      await this.#fill(halves, entry);
      return {
        dtype,
        shape,
        data: storedDtype === 'F16' ? float16ToFloat32(halves) : bfloat16ToFloat32(halves),
      };
    }
    const data = allocate(dtype, sizeOf(shape)) as TensorData[DType];
    await this.#fill(data, entry);
    if (data instanceof Uint8Array && data.some((byte) => byte > 1)) {
      throw new UserError(
        `${this.path}: tensor "${name}": expected BOOL bytes 0 or 1, found others; the file is damaged`,
      );
    }
    return { dtype, shape, data };
  }

  /** Closes the file; no tensor can be read afterwards. */
  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #fill(target: NodeJS.TypedArray, entry: TensorEntry): Promise<void> {
    await readFully(this.#handle, this.path, bytesOf(target), entry.byteOffset);
  }
}

/**
 * Reads all tensors of a file at once.
 *
 * @throws UserError as `SafetensorsFile.open` and `SafetensorsFile.read` do.
 */
export async function readSafetensors(path: string): Promise<{
  readonly tensors: Map<string, HostTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}> {
  const file = await SafetensorsFile.open(path);
  try {
    const tensors = new Map<string, HostTensor>();
    for (const name of file.entries.keys()) tensors.set(name, await file.read(name));
    return { tensors, metadata: file.metadata };
  } finally {
    await file.close();
  }
}

/**
 * Writes tensors to `<path>.partial`, forces them to the disk and renames: whoever looks sees the old
 * file or the complete new one. The data begin at a multiple of 64 bytes, wider elements first so that
 * each tensor is aligned to its elements; otherwise the given order is kept.
 *
 * @throws UserError when a name is refused or occurs twice, or the file cannot be written.
 * @throws Error when a tensor's data do not fit its type: a bug of the caller.
 */
export async function writeSafetensors(
  path: string,
  tensors: NamedTensors,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const ordered = orderForWriting(path, tensors);
  for (const key of Object.keys(metadata)) checkName(path, key);
  let offset = 0;
  const entries = ordered.map(([name, tensor]): TensorEntry => {
    const byteLength = byteSize(tensor);
    const entry = {
      name,
      storedDtype: STORED_DTYPES[tensor.dtype],
      shape: tensor.shape,
      byteOffset: offset,
      byteLength,
    };
    offset += byteLength;
    return entry;
  });
  const header = formatHeader(entries, metadata, DATA_ALIGNMENT_BYTES);
  const partialPath = `${path}.partial`;
  try {
    await writeAll(partialPath, [header, ...ordered.map(([, tensor]) => bytesOf(tensor.data))]);
    await rename(partialPath, path);
  } catch (error) {
    await rm(partialPath, { force: true });
    throw new UserError(
      `${path}: cannot write the tensors (${(error as Error).message}); check the folder and the free space`,
    );
  }
  await syncDirectory(dirname(path));
}

function orderForWriting(path: string, tensors: NamedTensors): (readonly [string, HostTensor])[] {
  const seen = new Set<string>(['__metadata__']);
  const pairs = [...tensors];
  for (const [name, tensor] of pairs) {
    checkName(path, name);
    if (seen.has(name))
      throw new UserError(`${path}: two tensors are named "${name}"; give them distinct names`);
    seen.add(name);
    const fits = tensor.data instanceof allocate(tensor.dtype, 0).constructor;
    if (!fits || tensor.data.length !== sizeOf(tensor.shape)) {
      throw new Error(
        `tensor "${name}" is declared ${formatType(tensor)} but holds a ${tensor.data.constructor.name} of ${tensor.data.length} elements`,
      );
    }
  }
  return pairs.sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
}

async function writeAll(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const handle = await open(path, 'w');
  try {
    for (const piece of pieces) {
      let done = 0;
      while (done < piece.length) {
        const { bytesWritten } = await handle.write(piece, done, Math.min(CHUNK_BYTES, piece.length - done));
        done += bytesWritten;
      }
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a rename itself survive a power cut; a system without handles on folders does without. */
async function syncDirectory(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // Windows refuses to open a folder: the file is complete, only its name may be older after a power cut.
  }
}

async function openForReading(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file; check the path' : message;
    throw new UserError(`${path}: cannot open the safetensors file: ${reason}`);
  }
}

async function readFully(
  handle: FileHandle,
  path: string,
  target: Uint8Array,
  fileOffset: number,
): Promise<void> {
  let done = 0;
  while (done < target.length) {
    const length = Math.min(CHUNK_BYTES, target.length - done);
    const { bytesRead } = await handle.read(target, done, length, fileOffset + done);
    if (bytesRead === 0) {
      throw new UserError(
        `${path}: expected ${target.length} bytes at byte ${fileOffset}, found ${done}; the file has shrunk while it was read`,
      );
    }
    done += bytesRead;
  }
}

function decodeUtf8(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError(
      `${path}: expected a header in UTF-8, found other bytes; the file is damaged or not safetensors`,
    );
  }
}

function bytesOf(array: NodeJS.TypedArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** A bfloat16 is the upper half of a float32. */
function bfloat16ToFloat32(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
  return new Float32Array(bits.buffer);
}

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15) and 10 fraction bits; every value is a float32. */
function float16ToFloat32(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!;
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) values[i] = sign * fraction * 2 ** -24;
    else if (exponent === 31) values[i] = fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    else values[i] = sign * (1024 + fraction) * 2 ** (exponent - 25);
  }
  return values;
}

function listNames(names: readonly string[]): string {
  if (names.length === 0) return 'no tensors';
  const shown = names.slice(0, 8).map((name) => `"${name}"`);
  return names.length > 8 ? `${shown.join(', ')} and ${names.length - 8} more` : shown.join(', ');
}
