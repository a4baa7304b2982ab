import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { SafetensorsFile, writeSafetensors } from '../../../src/tensor/files/safetensors.ts';
import { openSafetensors } from '../../../src/tensor/files/sharded-safetensors.ts';
import type { HostTensor } from '../../../src/tensor/graph/type.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shards-'));
  await writeSafetensors(join(folder, 'model-00001-of-00002.safetensors'), [
    ['a', vector(1, 2)],
    ['unlisted', vector(9)],
  ]);
  await writeSafetensors(join(folder, 'model-00002-of-00002.safetensors'), [['b', vector(3)]]);
});
afterAll(() => rm(folder, { recursive: true }));

const vector = (...values: number[]): HostTensor => ({
  dtype: 'float32',
  shape: [values.length],
  data: Float32Array.from(values),
});

const MAP = { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' };

async function index(content: unknown): Promise<string> {
  const path = join(folder, 'model.safetensors.index.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function refusal(content: unknown): Promise<string> {
  const path = await index(content);
  const error = await openSafetensors(path).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).toContain(folder);
  return (error as UserError).message;
}

describe('an index of safetensors files', () => {
  it('gives each tensor from its file, and nothing that it does not list', async () => {
    const store = await openSafetensors(await index({ metadata: { total_size: 12 }, weight_map: MAP }));
    expect([...store.entries.keys()]).toEqual(['a', 'b']);
    expect(store.entries.get('b')).toMatchObject({ shape: [1], storedDtype: 'F32' });
    expect(await store.read('a')).toEqual(vector(1, 2));
    expect(await store.read('b')).toEqual(vector(3));
    expect(store.files).toEqual([join(folder, MAP.a), join(folder, MAP.b)]);
    await expect(store.read('unlisted')).rejects.toThrow('expected a tensor "unlisted"');
    await store.close();
    await expect(store.read('a')).rejects.toThrow();
  });

  it('is refused when a file or a tensor that it names is not there', async () => {
    expect(await refusal({ weight_map: { ...MAP, c: MAP.a } })).toMatch(/tensor "c" in model-00001/);
    expect(await refusal({ weight_map: { a: 'model-00003.safetensors' } })).toContain('no such file');
    await expect(openSafetensors(join(folder, 'other.safetensors.index.json'))).rejects.toThrow(
      'there is no such file',
    );
  });

  it('reaches no file outside its folder', async () => {
    for (const file of ['../secret.safetensors', '/etc/passwd', 'sub\\a.safetensors', '..', 7])
      expect(await refusal({ weight_map: { a: file } })).toContain('a file beside the index');
  });

  it('is refused when it is not what it should be', async () => {
    expect(await refusal('{"weight_map": ')).toContain('expected JSON');
    expect(await refusal('null')).toContain('expected a JSON object');
    expect(await refusal({ metadata: {} })).toContain('expected "weight_map"');
    expect(await refusal({ weight_map: ['a'] })).toContain('expected "weight_map"');
    expect(await refusal({ weight_map: {} })).toContain('found none');
    expect(await refusal('{"weight_map": {"__proto__": "model-00001-of-00002.safetensors"}}')).toContain(
      '__proto__',
    );
  });
});

it('a file of 64 GiB gives its last tensor without the rest being read', async () => {
  const path = join(folder, 'huge.safetensors');
  const hugeBytes = 64 * 2 ** 30;
  const header = JSON.stringify({
    huge: { dtype: 'F32', shape: [hugeBytes / 4], data_offsets: [0, hugeBytes] },
    last: { dtype: 'F32', shape: [2], data_offsets: [hugeBytes, hugeBytes + 8] },
  });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const handle = await open(path, 'w');
  await handle.write(Buffer.concat([length, Buffer.from(header)]), 0);
  // A hole: the file system keeps no block for what was never written.
  const last = new Uint8Array(Float32Array.of(1.5, -2).buffer);
  await handle.write(last, 0, 8, 8 + header.length + hugeBytes);
  await handle.close();
  const file = await SafetensorsFile.open(path);
  const before = process.memoryUsage.rss();
  expect(await file.read('last')).toEqual(vector(1.5, -2));
  await file.close();
  expect(process.memoryUsage.rss() - before).toBeLessThan(2 ** 28);
});
