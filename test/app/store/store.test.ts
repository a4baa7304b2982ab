import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openStore } from '../../../src/app/store/open-store.ts';
import { temporaryFolder } from '../runs/small-run.ts';

describe('a store in a folder', () => {
  test('gives back what was written, and null for what was not', async () => {
    const store = await openStore(join(await temporaryFolder(), 'made when needed'));
    expect(await store.read('results/a')).toBeNull();
    expect(await store.has('results/a')).toBe(false);
    await store.write('results/a', new TextEncoder().encode('content'));
    expect(await store.has('results/a')).toBe(true);
    expect(Buffer.from((await store.read('results/a')) ?? []).toString()).toBe('content');
  });

  test('copies files and leaves no part of one behind', async () => {
    const folder = await temporaryFolder();
    const store = await openStore(join(folder, 'store'));
    writeFileSync(join(folder, 'from'), 'weights');
    await store.upload('files/x', join(folder, 'from'));
    await store.download('files/x', join(folder, 'deep', 'to'));
    expect(readFileSync(join(folder, 'deep', 'to'), 'utf8')).toBe('weights');
    expect(readdirSync(join(folder, 'store', 'files'))).toEqual(['x']);
    await expect(store.download('files/none', join(folder, 'none'))).rejects.toThrow(
      /files\/none is not in the store/,
    );
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  test('that cannot be written to says so', async () => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'a file'), '');
    const store = await openStore(join(folder, 'a file'));
    await expect(store.write('x', new Uint8Array(1))).rejects.toThrow(/a file/);
  });
});

test.each(['http://host/x', 'ftp://host', 's3://'])('%s is no place for a store', async (address) => {
  await expect(openStore(address)).rejects.toThrow(/'--store': expected/);
});

test('a relative path is a folder', async () => {
  expect((await openStore('./c')).address).toBe('./c');
});
