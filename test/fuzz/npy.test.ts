/** `.npy` and `.npz` files, damaged in every way. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { readArrays } from '../../src/network/data/npy-file.ts';
import { npyBytes } from '../network/data/npy-bytes.ts';
import { mutantsOf } from './mutations.ts';
import { fuzz, readsFileSoundly, scratchFolder } from './reading.ts';

/** Bytes become 64-bit integers. */
const MULTIPLE = 10;

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../fixtures/numpy/${name}`, import.meta.url)));

const SOUND = [
  npyBytes('<f4', [2, 3], new Float32Array(6)),
  npyBytes('|u1', [40], new Uint8Array(40)),
  npyBytes('<i8', [], new BigInt64Array(1)),
  fixture('fortran.npy'),
];

const ZIPS = [
  fixture('arrays.npz'),
  zipSync({ 'a.npy': SOUND[1] as Uint8Array, 'b.npy': [SOUND[0] as Uint8Array, { level: 0 }] }),
];

async function read(name: string, content: Uint8Array, how: string, multiple = MULTIPLE) {
  return readsFileSoundly(join(await scratchFolder(), name), content, { how, multiple, read: readArrays });
}

/** An array of zeros whose header says what is given. */
function described(header: string, data: Uint8Array = new Uint8Array(16)): Uint8Array {
  const bytes = new Uint8Array(12 + header.length + data.length);
  bytes.set([0x93, ...strToU8('NUMPY'), 2, 0]);
  new DataView(bytes.buffer).setUint32(8, header.length, true);
  bytes.set(strToU8(header), 12);
  bytes.set(data, 12 + header.length);
  return bytes;
}

const shaped = (shape: string, descr = '<f4', order = 'False') =>
  described(`{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape}), }`);

describe('damaged bytes', () => {
  test('of one array', async () => {
    const path = join(await scratchFolder(), 'x.npy');
    await fuzz(mutantsOf(SOUND), async ({ bytes, how }) => {
      await readsFileSoundly(path, bytes, { how, multiple: MULTIPLE, read: readArrays });
    });
  });

  test('of an archive of arrays', async () => {
    const path = join(await scratchFolder(), 'x.npz');
    await fuzz(mutantsOf(ZIPS), async ({ bytes, how }) => {
      await readsFileSoundly(path, bytes, { how, multiple: 1032 * MULTIPLE, read: readArrays });
    });
  });
});

test.each([
  '-1',
  '-2, -2',
  '-4, 4',
  'x',
  '1e1',
  '0x4',
  '1.5',
  'Infinity',
  'NaN',
  '1099511627776',
  '9007199254740993',
  '4294967296, 4294967296, 4294967296, 0',
  '18446744073709551616',
  '1e999, 0',
  '-0',
  '2, , 2',
  '0, -1',
])('a shape (%s) is refused', async (shape) => {
  for (const order of ['True', 'False'])
    expect((await read('x.npy', shaped(shape, '<f4', order), shape))?.message).toContain('shape');
});

test.each(['x9', 'f9', 'f16', 'O8', 'S3', 'U1', 'M8', 'c8', 'V4', 'i9', 'b9'])(
  'elements %s are refused',
  async (descr) => {
    expect((await read('x.npy', shaped('2', `<${descr}`), descr))?.message).toContain('expected elements');
  },
);

test('bools that are neither 0 nor 1 are refused, as they are in safetensors files', async () => {
  const bytes = described(
    "{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }",
    Uint8Array.of(0, 1, 2),
  );
  expect((await read('x.npy', bytes, 'bool 2'))?.message).toContain('0 or 1');
});

test('a file that ends within its first numbers is refused', async () => {
  for (const version of [1, 2, 3])
    for (const length of [0, 5, 6, 7, 8, 9, 10, 11, 12, 13])
      expect(
        await read(
          'x.npy',
          Uint8Array.of(0x93, ...strToU8('NUMPY'), version, 0, 255, 255, 255, 255, 1).slice(0, length),
          `${length}`,
        ),
      ).not.toBeNull();
});

test('a header is not repeated at length in the message', async () => {
  expect(
    await read('x.npy', described(`{'descr': [${"('a', '<f4'), ".repeat(10_000)}]}`), 'long header'),
  ).not.toBeNull();
});

test.each([0, 2 ** 16 - 1, 2 ** 31, 2 ** 32 - 1])('a header of %i bytes is refused', async (length) => {
  const bytes = shaped('2');
  new DataView(bytes.buffer).setUint32(8, length, true);
  expect(await read('x.npy', bytes, `${length}`)).not.toBeNull();
});

describe('archives', () => {
  test('of names that reach prototypes are read as any others or refused', async () => {
    for (const name of ['__proto__.npy', 'constructor.npy', '__proto__', 'prototype.npy'])
      await read(
        'x.npz',
        zipSync({ [name === '__proto__' ? 'abcdefghi' : name]: SOUND[0] as Uint8Array }),
        name,
        1032,
      );
    const renamed = Buffer.from(zipSync({ abcdefghi: SOUND[0] as Uint8Array }))
      .toString('latin1')
      .replaceAll('abcdefghi', '__proto__');
    expect(
      (await read('x.npz', Uint8Array.from(Buffer.from(renamed, 'latin1')), '__proto__', 1032))?.message,
    ).toContain('__proto__');
  });

  test('that hold a thousandfold are refused before they are unpacked', async () => {
    const bomb = zipSync({ 'a.npy': new Uint8Array(2 ** 24) }, { level: 9 });
    const claims = zipSync({ 'a.npy': SOUND[0] as Uint8Array });
    // The size of the content stands 24 bytes into the entry of the directory at the end.
    const at = Buffer.from(claims).indexOf('PK\x01\x02', 0, 'latin1') + 24;
    for (const size of [2 ** 20, 2 ** 31, 2 ** 32 - 1]) {
      const lies = claims.slice();
      new DataView(lies.buffer).setUint32(at, size, true);
      const error = await read('x.npz', lies, `claims ${size}`, 1);
      expect(error?.message).toContain('unpacks to');
    }
    expect(await read('x.npz', bomb, 'zeros', 1100)).not.toBeNull();
  });

  test('that say less than they hold are refused', async () => {
    const claims = zipSync({ 'a.npy': SOUND[1] as Uint8Array });
    const at = Buffer.from(claims).indexOf('PK\x01\x02', 0, 'latin1') + 24;
    new DataView(claims.buffer).setUint32(at, 10, true);
    expect(await read('x.npz', claims, 'says 10 bytes', 1032)).not.toBeNull();
  });

  test('whose entries all share one content are refused', async () => {
    expect(await read('x.npz', overlapping(500), 'shared content', 1)).not.toBeNull();
  });

  test('within archives stay what they are', async () => {
    expect(
      await read('x.npz', zipSync({ 'inner.npz': ZIPS[0] as Uint8Array }), 'nested', 1032),
    ).not.toBeNull();
  });
});

/** An archive whose directory lists the same content many times: small on disk, and the sum of its parts is not. */
function overlapping(count: number): Uint8Array {
  const one = Buffer.from(zipSync({ 'a.npy': new Uint8Array(2 ** 20) }, { level: 9 }));
  const directory = one.indexOf('PK\x01\x02', 0, 'latin1');
  const end = one.indexOf('PK\x05\x06', 0, 'latin1');
  const entry = one.subarray(directory, end);
  const entries = Array.from({ length: count }, (_, index) => {
    const copy = Buffer.from(entry);
    copy.write(String.fromCharCode(97 + (index % 26)), copy.indexOf('a.npy'));
    return copy;
  });
  const tail = Buffer.from(one.subarray(end));
  tail.writeUInt16LE(count, 8);
  tail.writeUInt16LE(count, 10);
  tail.writeUInt32LE(entry.length * count, 12);
  return Uint8Array.from(Buffer.concat([one.subarray(0, directory), ...entries, tail]));
}
