/**
 * The IDX format of MNIST and Fashion-MNIST, plain or gzip.
 *
 * Layout (http://yann.lecun.com/exdb/mnist): two zero bytes, the element type (0x08: unsigned byte), the
 * number of dimensions, each dimension as a big-endian 32-bit number, then the elements, last index fastest.
 */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { UserError } from '../../errors.ts';
import { GREATEST_DEFLATE_RATIO, MAX_UNPACKED_BYTES } from './compression.ts';
import { formatCount } from './dataset.ts';

/** An array of unsigned bytes. */
export interface IdxArray {
  readonly shape: readonly number[];
  /** Row-major, as long as the product of `shape`. */
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

/**
 * Reads a whole IDX file of unsigned bytes. Memory is taken only after the declared sizes have passed, and
 * decompression stops at the declared end.
 *
 * @param dimensions the number of dimensions expected: 3 for images, 1 for labels.
 * @throws UserError when the file cannot be read, is not IDX, has another type or number of dimensions,
 *   or holds more or fewer bytes than it declares.
 */
export async function readIdx(path: string, dimensions: number): Promise<IdxArray> {
  const fileBytes = await sizeOfFile(path);
  const compressed = await isGzip(path);
  const headerBytes = 4 + 4 * dimensions;
  const largestContent = compressed ? fileBytes * GREATEST_DEFLATE_RATIO : fileBytes;

  let header = Buffer.alloc(0);
  let array: { shape: number[]; data: Uint8Array } | null = null;
  let filled = 0;
  try {
    for await (const chunk of openContent(path, compressed)) {
      let rest = chunk;
      if (array === null) {
        const missing = headerBytes - header.length;
        header = Buffer.concat([header, rest.subarray(0, missing)]);
        rest = rest.subarray(missing);
        if (header.length >= 4) checkMagic(path, header, dimensions);
        if (header.length < headerBytes) continue;
        const shape = Array.from({ length: dimensions }, (_, axis) => header.readUInt32BE(4 + 4 * axis));
        array = { shape, data: new Uint8Array(declaredBytes(path, shape, largestContent - headerBytes)) };
      }
      if (filled + rest.length > array.data.length) throw wrongSize(path, array.shape, 'more');
      array.data.set(rest, filled);
      filled += rest.length;
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path}: cannot be read (${(error as Error).message}); copy it again`);
  }
  if (array === null)
    throw new UserError(`${path}: expected an IDX header of ${headerBytes} bytes, found ${header.length}`);
  if (filled < array.data.length) throw wrongSize(path, array.shape, `only ${formatCount(filled)}`);
  return array;
}

async function sizeOfFile(path: string): Promise<number> {
  try {
    const stats = await stat(path);
    if (stats.isFile()) return stats.size;
  } catch (error) {
    throw new UserError(`${path}: cannot be read (${(error as Error).message}); check the path`);
  }
  throw new UserError(`${path}: expected an IDX file, found something else`);
}

/** Told by its first bytes: names lie. */
async function isGzip(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

async function* openContent(path: string, compressed: boolean): AsyncGenerator<Buffer> {
  const file = createReadStream(path);
  if (!compressed) {
    yield* file as AsyncIterable<Buffer>;
    return;
  }
  const content = createGunzip();
  // A pipe does not hand on errors of its source, which would leave the reader waiting.
  file.on('error', (error) => content.destroy(error));
  try {
    yield* file.pipe(content) as AsyncIterable<Buffer>;
  } finally {
    file.destroy();
  }
}

function checkMagic(path: string, header: Buffer, dimensions: number): void {
  const expected = (UNSIGNED_BYTE << 8) | dimensions;
  const magic = header.readUInt32BE(0);
  if (magic === expected) return;
  throw new UserError(
    `${path}: expected the IDX magic number ${formatHex(expected)} (unsigned bytes, ${dimensions} dimensions), found ${formatHex(magic)}; images and labels may be swapped`,
  );
}

function declaredBytes(path: string, shape: readonly number[], largest: number): number {
  const declared = shape.reduce((product, extent) => product * extent, 1);
  if (declared > Math.min(largest, MAX_UNPACKED_BYTES)) throw wrongSize(path, shape, 'fewer');
  return declared;
}

function wrongSize(path: string, shape: readonly number[], found: string): UserError {
  return new UserError(
    `${path}: expected the ${shape.join(' x ')} bytes that its header declares, found ${found}; the file is damaged, copy it again`,
  );
}

function formatHex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
