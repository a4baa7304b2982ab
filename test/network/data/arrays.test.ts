import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ArraysRequest, arrayDataset } from '../../../src/network/data/arrays.ts';
import { LOSS_TARGETS } from '../../../src/network/data/dataset.ts';
import { readArrays } from '../../../src/network/data/npy-file.ts';
import type { HostTensor } from '../../../src/tensor/graph/type.ts';
import { npyBytes } from './npy-bytes.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hesscope-arrays-'));
  const save = (name: string, bytes: Uint8Array) => writeFileSync(join(folder, name), bytes);
  save(
    'x.npy',
    npyBytes(
      '<f4',
      [5, 2],
      Float32Array.from({ length: 10 }, (_, i) => i),
    ),
  );
  save('mask.npy', npyBytes('<i8', [5], BigInt64Array.of(1n, 0n, 1n, 1n, 0n)));
  save('y.npy', npyBytes('<i8', [5], BigInt64Array.of(2n, -100n, 0n, 1n, -100n)));
  save('short.npy', npyBytes('<i8', [3], BigInt64Array.of(0n, 0n, 0n)));
});
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const open = (changes: Partial<ArraysRequest> = {}) =>
  arrayDataset(
    {
      inputs: [at('x.npy')],
      targets: at('y.npy'),
      wantedInputs: [{ name: 'x', dtype: 'float32' }],
      wantedTargets: 'int64',
      ignoredClass: -100,
      batchSize: 2,
      microBatches: 2,
      ...changes,
    },
    readArrays,
  );
const numbers = (tensor: HostTensor | undefined) =>
  Array.from(tensor?.data as ArrayLike<number | bigint>, Number);

describe('arrays', () => {
  it('are cut along their first axis, in order', async () => {
    const data = await open({ offset: 1 });
    const batches = [data.microBatch(0), data.microBatch(1)];
    expect(batches.map(({ tensors }) => numbers(tensors.x))).toEqual([
      [2, 3, 4, 5],
      [6, 7, 8, 9],
    ]);
    expect(batches.map(({ tensors }) => numbers(tensors[LOSS_TARGETS]))).toEqual([
      [-100, 0],
      [1, -100],
    ]);
    expect(batches[0]?.tensors.x?.shape).toEqual([2, 2]);
  });

  it('weigh as many terms as are counted', async () => {
    const weights = (data: Awaited<ReturnType<typeof open>>) => [
      data.microBatch(0).weight,
      data.microBatch(1).weight,
    ];
    expect(weights(await open())).toEqual([1, 2]);
    expect(weights(await open({ ignoredClass: undefined }))).toEqual([2, 2]);
  });

  it('go to inputs in order or by name', async () => {
    const wantedInputs = [
      { name: 'mask', dtype: 'bool' },
      { name: 'x', dtype: 'float32' },
    ] as const;
    const byName = await open({ wantedInputs, inputs: [`x=${at('x.npy')}`, `mask=${at('mask.npy')}`] });
    const inOrder = await open({ wantedInputs, inputs: [at('mask.npy'), at('x.npy')] });
    for (const data of [byName, inOrder]) {
      expect(numbers(data.microBatch(0).tensors.mask)).toEqual([1, 0]);
      expect(data.microBatch(0).tensors.mask?.dtype).toBe('bool');
      expect(numbers(data.microBatch(0).tensors.x)).toEqual([0, 1, 2, 3]);
    }
  });

  it.each([
    ['too few rows', { microBatches: 3 }, /Expected 6 rows.*found 5/],
    ['no targets', { targets: undefined }, /Expected targets/],
    ['targets that nothing compares with', { wantedTargets: null }, /found targets/],
    [
      'an input without an array',
      {
        wantedInputs: [
          { name: 'x', dtype: 'float32' },
          { name: 'z', dtype: 'float32' },
        ],
      },
      /'x', 'z', found 1/,
    ],
    [
      'floats for integers',
      { wantedInputs: [{ name: 'x', dtype: 'int64' }] },
      /Expected integers for the input 'x'/,
    ],
  ] as const)('are refused: %s', async (_, changes, message) => {
    await expect(open(changes)).rejects.toThrow(message);
  });

  it('of different lengths are refused', async () => {
    await expect(open({ targets: at('short.npy') })).rejects.toThrow(/as many rows each/);
  });
});
