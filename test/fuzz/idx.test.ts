/** IDX files, plain and compressed, damaged in every way. */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readIdx } from '../../src/network/data/idx.ts';
import { idxBytes } from '../network/data/idx-bytes.ts';
import { mutantsOf } from './mutations.ts';
import { fuzz, readsFileSoundly, scratchFolder } from './reading.ts';

/** Deflate's greatest ratio; a plain file is read into an array of its own size. */
const MULTIPLE = { plain: 2, compressed: 1034 } as const;

const plain = idxBytes(
  [2, 3, 4],
  Array.from({ length: 24 }, (_, i) => i),
);

const read = (path: string, bytes: Uint8Array, how: string, multiple: number = MULTIPLE.compressed) =>
  readsFileSoundly(path, bytes, { how, multiple, read: (place) => readIdx(place, 3) });

test('damaged bytes', async () => {
  const path = join(await scratchFolder(), 'x-idx3-ubyte');
  await fuzz(
    mutantsOf([Uint8Array.from(plain), Uint8Array.from(gzipSync(plain))]),
    async ({ bytes, how }) => {
      await read(path, bytes, how, bytes[0] === 0x1f ? MULTIPLE.compressed : MULTIPLE.plain);
    },
  );
});

test.each([
  [2 ** 31, 1, 1],
  [2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1],
  [2 ** 20, 2 ** 20, 1],
  [0, 2 ** 32 - 1, 2 ** 32 - 1],
  [25, 1, 1],
  [23, 1, 1],
])('a header of %i images of %i x %i is refused, compressed too', async (count, rows, columns) => {
  const path = join(await scratchFolder(), 'x-idx3-ubyte');
  const bytes = idxBytes([count, rows, columns], new Array(24).fill(0));
  expect(await read(path, bytes, 'plain', MULTIPLE.plain)).not.toBeNull();
  expect(await read(path, gzipSync(bytes), 'compressed')).not.toBeNull();
});

test('what was compressed a thousandfold is not taken into memory beyond what its header declares', async () => {
  const path = join(await scratchFolder(), 'x-idx3-ubyte.gz');
  const bomb = gzipSync(Buffer.concat([plain, Buffer.alloc(2 ** 26)]), { level: 9 });
  const before = process.memoryUsage().rss;
  expect((await read(path, bomb, 'bomb', 1))?.message).toContain('found more');
  // 64 MiB of zeros were never held: the reader stops at the first chunk.
  expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 25);
});
