import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { readIdx } from '../../../src/network/data/idx.ts';
import { idxBytes } from './idx-bytes.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idx-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

async function refusal(path: string, dimensions: number): Promise<string> {
  const error = await readIdx(path, dimensions).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).toContain(path);
  return (error as UserError).message;
}

describe('an IDX file', () => {
  const data = Array.from({ length: 2 * 3 * 4 }, (_, i) => 10 * i);

  it('is read plain and gzipped, whatever its name', async () => {
    const bytes = idxBytes([2, 3, 4], data);
    const expected = { shape: [2, 3, 4], data: Uint8Array.from(data) };
    expect(await readIdx(await file('plain', bytes), 3)).toEqual(expected);
    expect(await readIdx(await file('zipped', gzipSync(bytes)), 3)).toEqual(expected);
  });

  it('is read across many chunks', async () => {
    const long = Array.from({ length: 200_000 }, (_, i) => (i * 7) % 256);
    const bytes = idxBytes([200_000], long);
    for (const path of [await file('long', bytes), await file('long.gz', gzipSync(bytes))]) {
      const { shape, data: found } = await readIdx(path, 1);
      expect(shape).toEqual([200_000]);
      expect(Buffer.compare(found, Uint8Array.from(long))).toBe(0);
    }
  });

  it('is refused with another magic number', async () => {
    const labels = await file('labels', idxBytes([3], [1, 2, 3]));
    expect(await refusal(labels, 3)).toMatch(/expected the IDX magic number 0x00000803 .* found 0x00000801/);
    const floats = await file('floats', idxBytes([1], [0, 0, 0, 0], 0x0d));
    expect(await refusal(floats, 1)).toContain('found 0x00000d01');
  });

  it('is refused when it holds more or fewer bytes than it declares', async () => {
    for (const pack of [(bytes: Buffer) => bytes, (bytes: Buffer) => gzipSync(bytes)]) {
      const short = await file('short', pack(idxBytes([2, 3, 4], data.slice(1))));
      expect(await refusal(short, 3)).toMatch(/expected the 2 x 3 x 4 bytes .* found (fewer|only 23)/);
      const long = await file('over', pack(idxBytes([2, 3, 4], [...data, 0])));
      expect(await refusal(long, 3)).toContain('found more');
    }
    expect(await refusal(await file('stub', idxBytes([1], []).subarray(0, 5)), 1)).toContain(
      'header of 8 bytes, found 5',
    );
  });

  it('takes no memory for what it cannot hold', async () => {
    const extents = [0xffffffff, 0xffffffff, 0xffffffff];
    for (const [name, bytes] of [
      ['huge', idxBytes(extents, [])],
      ['huge.gz', gzipSync(idxBytes(extents, []))],
    ] as const) {
      expect(await refusal(await file(name, bytes), 3)).toContain('found fewer');
    }
  });

  it('stops decompressing at the declared end', async () => {
    // 64 MB of zeros behind a header that declares one byte.
    const bomb = gzipSync(Buffer.concat([idxBytes([1], [0]), Buffer.alloc(64 * 2 ** 20)]));
    expect(await refusal(await file('bomb', bomb), 1)).toContain('found more');
  });

  it('is refused when it is damaged, missing or a folder', async () => {
    const zipped = gzipSync(idxBytes([2, 3, 4], data));
    expect(await refusal(await file('cut.gz', zipped.subarray(0, zipped.length - 6)), 3)).toMatch(
      /cannot be read|only/,
    );
    expect(await refusal(join(folder, 'missing'), 3)).toContain('cannot be read');
    expect(await refusal(folder, 3)).toContain('expected an IDX file');
  });
});
