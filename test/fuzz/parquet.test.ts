/** Parquet files of texts and of pictures, damaged in every way. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DataRequest } from '../../src/network/data/data-request.ts';
import { openTable, readRows } from '../../src/network/data/formats/parquet-reader.ts';
import { openDataset } from '../../src/network/data/index.ts';
import { joined, mutantsOf, varint } from './mutations.ts';
import { fuzz, readsFileSoundly, scratchFolder } from './reading.ts';
import { RUNS } from './settings.ts';

/** Pictures are decoded to bytes: those of the fixtures are small, and larger ones are bounded by their own limit. */
const MULTIPLE = 100;

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../fixtures/data/${name}`, import.meta.url)));

const TEXT = fixture('text.parquet');
const PICTURES = fixture('pictures/train-00000-of-00002.parquet');

const read = (path: string, bytes: Uint8Array, how: string, request: Partial<DataRequest>) =>
  readsFileSoundly(path, bytes, {
    how,
    names: 'x.parquet',
    multiple: MULTIPLE,
    read: async (source) => {
      const data = await openDataset({ source, batchSize: 1, microBatches: 1, ...request });
      data.microBatch(0);
    },
  });

test.each([
  ['texts', TEXT, { contextLength: 4 }],
  ['pictures', PICTURES, {}],
] as const)('damaged bytes of a file of %s', async (_, original, request) => {
  const path = join(await scratchFolder(), 'x.parquet');
  await fuzz(
    mutantsOf([original]),
    async ({ bytes, how }) => {
      await read(path, bytes, how, request);
    },
    // Each file is opened several times, in another process.
    Math.ceil(RUNS / 2),
  );
});

/** A page of one optional column whose levels are one run of so many ones, in a file that says it has one row. */
function withRunOf(count: bigint): Uint8Array {
  // Thrift's compact protocol: a byte of field delta and type, then the value; integers are zigzag.
  const zigzag = (value: bigint) => varint(value * 2n);
  const i32 = (delta: number, value: bigint) => joined(Uint8Array.of((delta << 4) | 5), zigzag(value));
  const i64 = (delta: number, value: bigint) => joined(Uint8Array.of((delta << 4) | 6), zigzag(value));
  const text = (delta: number, value: string) =>
    joined(Uint8Array.of((delta << 4) | 8, value.length), new TextEncoder().encode(value));
  const struct = (delta: number, ...fields: Uint8Array[]) =>
    joined(Uint8Array.of((delta << 4) | 12), ...fields, Uint8Array.of(0));
  const list = (delta: number, type: number, ...items: Uint8Array[]) =>
    joined(Uint8Array.of((delta << 4) | 9, (items.length << 4) | type), ...items);
  const run = joined(varint(count * 2n), Uint8Array.of(1));
  const levels = joined(Uint8Array.of(run.length, 0, 0, 0), run);
  const content = joined(levels, Uint8Array.of(1, 0, 0, 0, 0x61));
  const size = BigInt(content.length);
  // type DATA_PAGE, both sizes, and the header of the page: values, encoding PLAIN, levels RLE.
  const header = joined(
    i32(1, 0n),
    i32(1, size),
    i32(1, size),
    struct(2, i32(1, 1n), i32(1, 0n), i32(1, 3n), i32(1, 3n)),
    Uint8Array.of(0),
  );
  const page = joined(header, content);
  const element = (...fields: Uint8Array[]) => joined(...fields, Uint8Array.of(0));
  const schema = [
    element(text(4, 'root'), i32(1, 1n)),
    element(i32(1, 6n), i32(2, 1n), text(1, 'text'), i32(2, 0n)),
  ];
  const chunk = element(
    i64(2, 4n),
    struct(
      1,
      i32(1, 6n),
      list(1, 5, zigzag(0n)),
      list(1, 8, joined(Uint8Array.of(4), new TextEncoder().encode('text'))),
      i32(1, 0n),
      i64(1, 1n),
      i64(1, BigInt(page.length)),
      i64(1, BigInt(page.length)),
      i64(2, 4n),
    ),
  );
  const group = element(list(1, 12, chunk), i64(1, BigInt(page.length)), i64(1, 1n));
  const footer = element(i32(1, 1n), list(1, 12, ...schema), i64(1, 1n), list(1, 12, group));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, footer.length, true);
  const magic = new TextEncoder().encode('PAR1');
  return joined(magic, page, footer, length, magic);
}

test('a run within a page is read when it is as long as the page', async () => {
  const path = join(await scratchFolder(), 'x.parquet');
  expect(await read(path, withRunOf(1n), 'one', { contextLength: 1 })).toMatchObject({
    message: expect.stringContaining('tokens'),
  });
});

test.each([2n ** 24n, 2n ** 30n - 1n])(
  'a run of %s values in a page of one ends the process that reads it, not ours',
  async (count) => {
    const path = join(await scratchFolder(), 'x.parquet');
    const error = await read(path, withRunOf(count), `run of ${count}`, { contextLength: 1 });
    expect(error?.message).toContain('cannot be read');
    // The next file is read as if nothing had been.
    const table = await openTable(new URL('../fixtures/data/text.parquet', import.meta.url).pathname);
    expect(await readRows(table, ['text'], 0, 1)).toEqual([{ text: 'One.' }]);
  },
);
