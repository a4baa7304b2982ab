/** Safetensors files and indices of several, damaged in every way. */

import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeSafetensors } from '../../src/tensor/files/safetensors.ts';
import { INDEX_SUFFIX, openSafetensors } from '../../src/tensor/files/sharded-safetensors.ts';
import { deepList, jsonMutantsOf, PROTOTYPE_KEYS } from './json-mutations.ts';
import { joined, mutantsOf } from './mutations.ts';
import { fuzz, readsFileSoundly, scratchFolder } from './reading.ts';

/** Half floats are held beside the float32 that they become. */
const MULTIPLE = 8;

/** A file of this header, and as many zeros behind it. */
function file(header: string, dataBytes = 0): Uint8Array {
  const json = new TextEncoder().encode(header);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(json.length), true);
  return joined(length, json, new Uint8Array(dataBytes));
}

async function readAll(path: string): Promise<void> {
  const store = await openSafetensors(path);
  try {
    for (const name of store.entries.keys()) await store.read(name);
  } finally {
    await store.close();
  }
}

const read = (path: string, content: Uint8Array | string, how: string) =>
  readsFileSoundly(path, content, { how, multiple: MULTIPLE, read: readAll });

/** An index's error may name the file that it names. */
const readIndex = (folder: string, content: string, how: string) =>
  readsFileSoundly(join(folder, `x${INDEX_SUFFIX}`), content, {
    how,
    names: folder,
    multiple: MULTIPLE,
    read: readAll,
  });

async function sound(folder: string): Promise<Uint8Array> {
  const path = join(folder, 'sound.safetensors');
  const tensors = [
    ['a', { dtype: 'float32', shape: [2, 3], data: new Float32Array(6) }],
    ['b', { dtype: 'int64', shape: [2], data: new BigInt64Array(2) }],
    ['c', { dtype: 'bool', shape: [], data: new Uint8Array(1) }],
  ] as const;
  await writeSafetensors(path, tensors, { step: '3' });
  return new Uint8Array(readFileSync(path));
}

const HEADER = {
  __metadata__: { format: 'pt' },
  a: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
  b: { dtype: 'BF16', shape: [4], data_offsets: [16, 24] },
};

test('damaged bytes', async () => {
  const folder = await scratchFolder();
  const original = await sound(folder);
  await fuzz(mutantsOf([original, file(JSON.stringify(HEADER), 24)]), async ({ bytes, how }) => {
    await read(join(folder, 'x.safetensors'), bytes, how);
  });
});

test('headers that parse and do not say what they should', async () => {
  const folder = await scratchFolder();
  await fuzz(jsonMutantsOf([HEADER]), async ({ text, how }) => {
    await read(join(folder, 'x.safetensors'), file(text, 24), how);
  });
});

test('indices of several files that do not say what they should', async () => {
  const folder = await scratchFolder();
  await writeFile(join(folder, 'one.safetensors'), file(JSON.stringify(HEADER), 24));
  const index = { metadata: { total_size: 24 }, weight_map: { a: 'one.safetensors', b: 'one.safetensors' } };
  await fuzz(jsonMutantsOf([index]), async ({ text, how }) => {
    await readIndex(folder, text, how);
  });
});

const entry = (begin: number, end: number, shape = [end - begin]) => ({
  dtype: 'U8',
  shape,
  data_offsets: [begin, end],
});

test.each([
  ['ranges that overlap', JSON.stringify({ a: entry(0, 8), b: entry(4, 12) }), 12, 'overlaps'],
  ['a range that stands twice', JSON.stringify({ a: entry(0, 8), b: entry(0, 8) }), 8, 'overlaps'],
  ['a hole', JSON.stringify({ a: entry(0, 4), b: entry(8, 12) }), 12, 'leaves a hole'],
  [
    'one name for two tensors',
    `{"a": ${JSON.stringify(entry(0, 4))}, "a": ${JSON.stringify(entry(4, 8))}}`,
    8,
    'stands twice',
  ],
  ['2^40 elements', JSON.stringify({ a: entry(0, 2 ** 40) }), 8, 'cut short'],
  [
    '2^64 elements',
    JSON.stringify({ a: { ...entry(0, 8), shape: [2 ** 32, 2 ** 32] } }),
    8,
    'a shape of whole numbers',
  ],
  [
    'none of 2^53 times 2^53',
    JSON.stringify({ a: { ...entry(0, 0), shape: [2 ** 53, 2 ** 53, 0] } }),
    0,
    'a shape of whole numbers',
  ],
  ['lists within lists', `{"a": ${deepList()}}`, 0, '200 levels'],
  [
    'a shape of lists within lists',
    `{"a": {"dtype": "U8", "shape": ${deepList()}, "data_offsets": [0, 1]}}`,
    1,
    '200 levels',
  ],
  ['metadata of lists within lists', `{"__metadata__": {"a": ${deepList()}}}`, 0, '200 levels'],
  ['a header of lists within lists', deepList(), 0, '200 levels'],
])('refused: %s', async (how, header, dataBytes, reason) => {
  const folder = await scratchFolder();
  const error = await read(join(folder, 'x.safetensors'), file(header, dataBytes), how);
  expect(error?.message).toContain(reason);
});

test.each([0n, 1n, 2n ** 31n, 2n ** 40n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n])(
  'refused before it is read: a header of %s bytes',
  async (length) => {
    const folder = await scratchFolder();
    const bytes = file('{}', 100);
    new DataView(bytes.buffer).setBigUint64(0, length, true);
    const error = await read(join(folder, 'x.safetensors'), bytes, `header of ${length}`);
    expect(error?.message).toContain(`a declared length of ${length}`);
  },
);

test.each(PROTOTYPE_KEYS.slice(0, 3))('refused as a name of tensors and metadata: %s', async (key) => {
  const folder = await scratchFolder();
  for (const header of [`{"${key}": ${JSON.stringify(entry(0, 8))}}`, `{"__metadata__": {"${key}": "x"}}`])
    expect(
      (await read(join(folder, 'x.safetensors'), file(header, header.includes('U8') ? 8 : 0), key))?.message,
    ).toContain('prototypes');
});

test.each([
  '../secret.safetensors',
  '/etc/passwd',
  'a/../../secret.safetensors',
  '..\\secret.safetensors',
  '..',
  '.',
  '',
  'x\0y',
])('an index reaches no file outside of its folder: %j', async (name) => {
  const folder = await scratchFolder();
  await mkdir(join(folder, 'inner'));
  await writeFile(join(folder, 'secret.safetensors'), file(JSON.stringify({ a: entry(0, 8) }), 8));
  const index = JSON.stringify({ weight_map: { a: name } });
  const error = await read(join(folder, 'inner', `x${INDEX_SUFFIX}`), index, name);
  expect(error?.message).toContain('the name of a file beside the index');
});

test('an index with lists within lists is refused', async () => {
  const folder = await scratchFolder();
  for (const index of [deepList(), `{"weight_map": ${deepList()}}`, `{"weight_map": {"a": ${deepList()}}}`])
    expect(await readIndex(folder, index, 'deep')).not.toBeNull();
});
