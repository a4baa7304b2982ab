import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeNpy } from '../../../src/network/data/npy.ts';
import { readArrays } from '../../../src/network/data/npy-file.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/numpy/${name}`, import.meta.url));
const numbers = (data: ArrayLike<number | bigint>) => Array.from(data, Number);

describe("numpy's own files", () => {
  it('hold arrays of every element type, in either byte order', async () => {
    const arrays = await readArrays(fixture('arrays.npz'));
    const found = Object.fromEntries(
      arrays.map(({ name, array }) => [name, [array.dtype, array.shape, numbers(array.data)]]),
    );
    const values = [-2, -1, 0, 1, 2, 3];
    const floats = (dtype: string) => [dtype, [2, 3], values];
    expect(found).toEqual({
      float16: floats('float32'),
      float32: floats('float32'),
      float64: floats('float64'),
      '>f4': floats('float32'),
      int8: floats('int64'),
      int16: floats('int64'),
      int32: floats('int64'),
      int64: floats('int64'),
      '>i8': floats('int64'),
      uint8: ['int64', [2, 3], [0, 1, 2, 3, 4, 5]],
      bool: ['bool', [2, 3], [0, 1, 0, 1, 0, 1]],
    });
  });

  it('in column-major order are turned into row-major', async () => {
    const [{ array }] = (await readArrays(fixture('fortran.npy'))) as [
      Awaited<ReturnType<typeof readArrays>>[0],
    ];
    expect([array.shape, numbers(array.data)]).toEqual([
      [2, 3],
      [-2, -1, 0, 1, 2, 3],
    ]);
  });

  it('may hold a single number', async () => {
    const [{ array }] = (await readArrays(fixture('scalar.npy'))) as [
      Awaited<ReturnType<typeof readArrays>>[0],
    ];
    expect([array.shape, numbers(array.data)]).toEqual([[], [2.5]]);
  });
});

describe('what is no array of numbers is refused', () => {
  it.each([
    ['text', () => readArrays(fixture('text.npy')), /expected elements of .*found U5|plain numbers/],
    ['a missing file', () => readArrays(fixture('absent.npy')), /Cannot read/],
    [
      'another format',
      async () => decodeNpy(new TextEncoder().encode('hello, world'), 'greeting'),
      /greeting: expected an array/,
    ],
    [
      'a file cut off',
      async () => decodeNpy(readFileSync(fixture('fortran.npy')).subarray(0, -4), 'half'),
      /half: expected 24 bytes.*found 20/,
    ],
  ])('%s', async (_, read, message) => {
    await expect(read()).rejects.toThrow(message);
  });
});
