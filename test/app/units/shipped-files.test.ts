import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FolderStore } from '../../../src/app/store/folder-store.ts';
import { shipFiles, unshipFiles } from '../../../src/app/units/shipped-files.ts';
import { parseSpectrumRequest } from '../../../src/study/spectrum/request.ts';
import { temporaryFolder } from '../runs/small-run.ts';

describe('files that a request names', () => {
  test('that are known by name everywhere are not sent', async () => {
    const store = new FolderStore(await temporaryFolder());
    expect(
      await shipFiles(
        parseSpectrumRequest({ model: 'gpt-pico', data: 'moby-dick', tokenizer: 'byte' }),
        store,
      ),
    ).toEqual([]);
  });

  test('arrive elsewhere with their folders, each content once', async () => {
    const here = await temporaryFolder();
    const store = new FolderStore(join(here, 'store'));
    mkdirSync(join(here, 'weights', 'deep'), { recursive: true });
    writeFileSync(join(here, 'weights', 'config.json'), '{}');
    writeFileSync(join(here, 'weights', 'deep', 'model.safetensors'), 'tensors');
    writeFileSync(join(here, 'x.npy'), 'tensors');
    const request = parseSpectrumRequest({
      model: 'gpt-pico',
      weights: join(here, 'weights'),
      inputs: ['first', `image=${join(here, 'x.npy')}`],
    });
    const sources = await shipFiles(request, store);
    expect(sources.map(({ choice, index }) => [choice, index])).toEqual([
      ['weights', null],
      ['inputs', 1],
    ]);
    expect(readdirSync(join(here, 'store', 'files'))).toHaveLength(2);
    const cache = join(here, 'cache');
    const there = await unshipFiles(request, sources, store, cache);
    expect(there.weights?.startsWith(cache)).toBe(true);
    expect(readFileSync(join(there.weights as string, 'deep', 'model.safetensors'), 'utf8')).toBe('tensors');
    expect(there.inputs?.[0]).toBe('first');
    expect(there.inputs?.[1]).toMatch(/^image=.*x\.npy$/);
    // A second time nothing is fetched: the store may be gone.
    expect(await unshipFiles(request, sources, new FolderStore('/none'), cache)).toEqual(there);
  });

  test('a name that would leave the cache is refused', async () => {
    const cache = await temporaryFolder();
    const request = parseSpectrumRequest({ model: 'gpt-pico', data: 'x' });
    const file = { path: '../../evil', bytes: 1, sha256: '0'.repeat(64) };
    const sources = [{ choice: 'data' as const, index: null, name: 'x', files: [file] }];
    await expect(unshipFiles(request, sources, new FolderStore(cache), cache)).rejects.toThrow(
      /lies outside its folder/,
    );
    const named = [{ choice: 'data' as const, index: null, name: '../x', files: [] }];
    await expect(unshipFiles(request, named, new FolderStore(cache), cache)).rejects.toThrow(
      /lies outside its folder/,
    );
  });

  test('shards of an index that point elsewhere are refused', async () => {
    const here = await temporaryFolder();
    const index = join(here, 'model.safetensors.index.json');
    writeFileSync(index, JSON.stringify({ weight_map: { a: '../secret.safetensors' } }));
    const request = parseSpectrumRequest({ model: 'gpt-pico', weights: index });
    await expect(shipFiles(request, new FolderStore(here))).rejects.toThrow(
      /expected the name of a file beside the index, found "\.\.\/secret\.safetensors"/,
    );
  });
});
