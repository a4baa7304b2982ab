import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { StoreExchange } from '../../../src/app/ranges/store-exchange.ts';
import { FolderStore } from '../../../src/app/store/folder-store.ts';
import { temporaryFolder } from '../runs/small-run.ts';

let folder: string;
let exchange: StoreExchange;
const files = () => readdirSync(join(folder, 'here')).sort();
const vectors = [Float32Array.of(1, 2, 3, 4, 5), Float32Array.of(-0, Number.NaN, 1e-45)];
const lengths = vectors.map(({ length }) => length);

beforeEach(async () => {
  folder = await temporaryFolder();
  // Two numbers of float32 in a piece.
  exchange = new StoreExchange(new FolderStore(folder), 'here', 8);
});

describe('vectors handed over through a store', () => {
  it('come out with the same bits, in pieces of at most the size that is allowed', async () => {
    const names = await exchange.give(vectors);
    expect(names).toHaveLength(5);
    expect(files()).toEqual([...names].sort());
    const bytes = (all: readonly ArrayBufferView[]) =>
      all.map(({ buffer, byteOffset, byteLength }) => [...new Uint8Array(buffer, byteOffset, byteLength)]);
    expect(bytes(await exchange.take(names, 'float32', lengths))).toEqual(bytes(vectors));
  });

  it('are views of larger arrays or of float64 as well', async () => {
    const view = Float64Array.of(9, 1, 2, 3, 9).subarray(1, 4);
    const names = await exchange.give([view]);
    expect(await exchange.take(names, 'float64', [3])).toEqual([Float64Array.of(1, 2, 3)]);
  });

  it('do not meet those that another one gives with the same numbers', async () => {
    const [first] = await exchange.give([Float32Array.of(1)]);
    const [second] = await exchange.give([Float32Array.of(1)]);
    await exchange.drop([first as string]);
    expect(await exchange.take([second as string], 'float32', [1])).toEqual([Float32Array.of(1)]);
  });

  it('are gone once they are dropped, and all of them once the folder is cleared', async () => {
    const names = await exchange.give(vectors);
    await exchange.drop(names.slice(0, 3));
    expect(files()).toEqual(names.slice(3).sort());
    await exchange.clear();
    expect(readdirSync(folder)).toEqual([]);
    // Once more is no mistake.
    await exchange.clear();
  });
});

describe('vectors that are not as they were handed over', () => {
  it.each([
    [
      'has a wrong bit',
      (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 3 ? byte ^ 1 : byte))),
    ],
    ['is cut short', (bytes: Buffer) => bytes.subarray(1)],
  ])('are refused where a piece %s', async (_, spoil) => {
    const names = await exchange.give(vectors);
    const path = join(folder, 'here', names[1] as string);
    writeFileSync(path, spoil(readFileSync(path)));
    await expect(exchange.take(names, 'float32', lengths)).rejects.toThrow(/is not as it was written/);
  });

  it('are refused where a piece is missing, or there are more or fewer than fit', async () => {
    const names = await exchange.give(vectors);
    await expect(exchange.take(names, 'float32', [5])).rejects.toThrow(
      'expected vectors in 3 pieces, found 5',
    );
    rmSync(join(folder, 'here', names[0] as string));
    await expect(exchange.take(names, 'float32', lengths)).rejects.toThrow(/is not in the store/);
  });
});
