import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FetchObserver, fetchEntry } from '../../../src/app/hub/fetch-entry.ts';
import { UserError } from '../../../src/errors.ts';
import { cacheFolder, placeOfEntry } from '../../../src/network/catalogue/cache.ts';
import type { CatalogueEntry } from '../../../src/network/catalogue/entry.ts';
import { DATA_SETS, PRETRAINED_MODELS } from '../../../src/network/catalogue/index.ts';
import { type FileServer, startFileServer } from './file-server.ts';

let server: FileServer;
let folder: string;
beforeEach(async () => {
  server = await startFileServer();
  folder = await mkdtemp(join(tmpdir(), 'cache-'));
  vi.stubEnv('HESSCOPE_CACHE', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
  await rm(folder, { recursive: true });
});

const TEXT = strToU8('Now is the winter of our discontent');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const entry = (file: Partial<CatalogueEntry['files'][number]> = {}, use?: string): CatalogueEntry => ({
  summary: 'a test',
  homepage: server.url,
  files: [{ name: 'input.txt', urls: [`${server.url}/input.txt`], ...file }],
  ...(use === undefined ? {} : { use }),
});

function recorder(): FetchObserver & { readonly files: [string, boolean][] } {
  const files: [string, boolean][] = [];
  return { files, onProgress: () => {}, onFile: (file, _, isTrusted) => files.push([file, isTrusted]) };
}

const get = (what: CatalogueEntry, observer = recorder()) =>
  fetchEntry('data', 'sample', what, observer, { firstWaitMs: 1 });

async function refusal(action: Promise<unknown>): Promise<string> {
  const error = await action.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}

describe('a fetched entry', () => {
  it('is found under its name from then on, and not fetched twice', async () => {
    server.files.set('/input.txt', TEXT);
    const what = entry({ sha256: sha256(TEXT) }, 'input.txt');
    expect(await placeOfEntry('data', 'sample', what)).toBeNull();
    const first = await get(what);
    expect(first).toMatchObject({ place: join(folder, 'data', 'sample', 'input.txt'), wasThere: false });
    expect(await placeOfEntry('data', 'sample', what)).toBe(first.place);
    expect(await get(what)).toMatchObject({ place: first.place, wasThere: true });
    expect(server.requests).toHaveLength(1);
  });

  it('is not found while a file is missing', async () => {
    server.files.set('/input.txt', TEXT);
    const what: CatalogueEntry = {
      ...entry(),
      files: [...entry().files, { name: 'second', urls: [`${server.url}/second`] }],
    };
    expect(await refusal(get(what))).toContain('HTTP 404');
    expect(await placeOfEntry('data', 'sample', what)).toBeNull();
    server.files.set('/second', TEXT);
    await get(what);
    // The first file was whole and is not fetched again.
    expect(server.requests.map(({ path }) => path)).toEqual(['/input.txt', '/second', '/second']);
  });

  it('without a published hash is trusted once, and compared from then on', async () => {
    server.files.set('/input.txt', TEXT);
    const seen = recorder();
    await get(entry(), seen);
    expect(seen.files).toEqual([['input.txt', false]]);
    await rm(join(folder, 'data', 'sample', 'input.txt'));
    server.files.set('/input.txt', strToU8('Something else altogether'));
    expect(await refusal(get(entry()))).toContain(`expected the sha256 ${sha256(TEXT)}`);
    server.files.set('/input.txt', TEXT);
    const again = recorder();
    await get(entry(), again);
    expect(again.files).toEqual([['input.txt', true]]);
  });

  it('replaces a file that is not the one expected', async () => {
    server.files.set('/input.txt', TEXT);
    await mkdir(join(folder, 'data', 'sample'), { recursive: true });
    await writeFile(join(folder, 'data', 'sample', 'input.txt'), 'damaged');
    await get(entry({ sha256: sha256(TEXT) }));
    expect(await readFile(join(folder, 'data', 'sample', 'input.txt'), 'utf8')).toContain('winter');
  });

  it('is refused while another process fetches it', async () => {
    server.files.set('/input.txt', TEXT);
    const place = join(folder, 'data', 'sample');
    await mkdir(place, { recursive: true });
    // Process 1 lives, and is not this one.
    await writeFile(join(place, `lock-${hostname().replace(/[^\w.-]/g, '_')}-1-0`), '');
    expect(await refusal(get(entry()))).toMatch(/the cache folder .*sample is in use by process 1/);
  });

  it('takes files of Hugging Face from the endpoint that is set', async () => {
    server.files.set('/org/repo/resolve/main/input.txt', TEXT);
    const what = entry({ urls: ['https://huggingface.co/org/repo/resolve/main/input.txt'] });
    await fetchEntry('models', 'sample', what, recorder(), { huggingFace: `${server.url}/`, firstWaitMs: 1 });
    expect(server.requests).toHaveLength(1);
  });
});

describe('an archive', () => {
  it('in zip is unpacked and then gone', async () => {
    const zip = zipSync({ 'the corpus/lines.txt': TEXT, '__MACOSX/junk': TEXT });
    server.files.set('/corpus.zip', zip);
    const what = entry(
      { name: 'corpus.zip', urls: [`${server.url}/corpus.zip`], archive: 'zip' },
      'the corpus',
    );
    const { place } = await get(what);
    expect(await readdir(place)).toEqual(['lines.txt']);
    expect(await readdir(join(folder, 'data', 'sample'))).toEqual(['hesscope.json', 'the corpus']);
    expect((await get(what)).wasThere).toBe(true);
  });

  it('in tar.gz is unpacked and then gone', async () => {
    await mkdir(join(folder, 'made', 'batches'), { recursive: true });
    await writeFile(join(folder, 'made', 'batches', 'one.bin'), TEXT);
    const archive = join(folder, 'made', 'a.tar.gz');
    await create({ gzip: true, file: archive, cwd: join(folder, 'made') }, ['batches']);
    server.files.set('/a.tar.gz', await readFile(archive));
    const what = entry({ name: 'a.tar.gz', urls: [`${server.url}/a.tar.gz`], archive: 'tar.gz' }, 'batches');
    const { place } = await get(what);
    expect(await readFile(join(place, 'one.bin'))).toEqual(Buffer.from(TEXT));
    // Cut short, as a damaged one.
    await rm(join(folder, 'data'), { recursive: true });
    server.files.set('/a.tar.gz', (await readFile(archive)).subarray(0, 60));
    expect(await refusal(get(what))).toMatch(/a\.tar\.gz: cannot be unpacked/);
    expect(await placeOfEntry('data', 'sample', what)).toBeNull();
  });

  it('with a name that leads out of its folder is refused', async () => {
    server.files.set('/evil.zip', zipSync({ '../../outside.txt': TEXT }));
    const what = entry({ name: 'evil.zip', urls: [`${server.url}/evil.zip`], archive: 'zip' });
    expect(await refusal(get(what))).toContain('found "../../outside.txt"; do not use it');
    expect(await stat(join(folder, 'outside.txt')).catch(() => null)).toBeNull();
  });

  it('that is damaged is refused', async () => {
    server.files.set('/a.zip', TEXT);
    const what = entry({ name: 'a.zip', urls: [`${server.url}/a.zip`], archive: 'zip' });
    expect(await refusal(get(what))).toMatch(/a\.zip: cannot be unpacked/);
  });
});

describe('the catalogue', () => {
  it('has sound hashes, distinct names and addresses that are pinned or hashed', () => {
    for (const entries of [DATA_SETS, PRETRAINED_MODELS])
      for (const { files } of Object.values(entries)) {
        expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
        for (const { sha256: hash, urls } of files) {
          if (hash !== undefined) expect(hash).toMatch(/^[0-9a-f]{64}$/);
          for (const url of urls) expect(new URL(url).protocol).toBe('https:');
          // Without a hash, a branch's name would let the bytes change; a revision or a converted file does not.
          if (hash === undefined)
            expect(urls[0]).toMatch(/\/resolve\/([0-9a-f]{40}|refs%2Fconvert%2Fparquet)\//);
        }
      }
  });

  it('is cached where the variables say', () => {
    expect(cacheFolder({ HESSCOPE_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
    expect(cacheFolder({ XDG_CACHE_HOME: '/b' })).toBe('/b/hesscope');
    expect(cacheFolder({ XDG_CACHE_HOME: '' })).toMatch(/\.cache\/hesscope$/);
  });
});
