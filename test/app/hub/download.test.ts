import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DownloadOptions, download } from '../../../src/app/hub/download.ts';
import { UserError } from '../../../src/errors.ts';
import { type FileServer, startFileServer } from './file-server.ts';

let server: FileServer;
let folder: string;
beforeEach(async () => {
  server = await startFileServer();
  folder = await mkdtemp(join(tmpdir(), 'hub-'));
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const CONTENT = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) % 256);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const path = () => join(folder, 'deep', 'file.bin');
const get = (options: Partial<DownloadOptions> = {}) =>
  download({ urls: [`${server.url}/file`], path: path(), firstWaitMs: 1, ...options });

async function refusal(options: Partial<DownloadOptions> = {}): Promise<string> {
  const error = await get(options).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}

describe('a download', () => {
  it('is the file, checked and alone under its name, with its progress told', async () => {
    server.files.set('/file', CONTENT);
    const told: [number, number | null][] = [];
    const found = await get({
      sha256: sha256(CONTENT),
      bytes: CONTENT.length,
      onProgress: (done, total) => told.push([done, total]),
    });
    expect(found).toMatchObject({ bytes: CONTENT.length, sha256: sha256(CONTENT) });
    expect(Buffer.compare(await readFile(path()), CONTENT)).toBe(0);
    expect(await readdir(join(folder, 'deep'))).toEqual(['file.bin']);
    expect(told[0]).toEqual([0, CONTENT.length]);
    expect(told.at(-1)).toEqual([CONTENT.length, CONTENT.length]);
  });

  it('goes on where the connection broke, as often as it takes', async () => {
    server.files.set('/file', CONTENT);
    for (let i = 0; i < 6; i++) server.misbehaviours.push({ dropAfter: 40_000 });
    await get({ sha256: sha256(CONTENT) });
    expect(Buffer.compare(await readFile(path()), CONTENT)).toBe(0);
    const starts = server.requests.map(({ range }) => Number(/\d+/.exec(range ?? '0')?.[0]));
    expect(starts).toHaveLength(7);
    // A busy reader may have seen less than was sent, never more, and loses nothing that it has written.
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(starts.every((start, i) => start <= 40_000 * i)).toBe(true);
    expect(starts[6]).toBeGreaterThan(40_000);
  });

  it('goes on from what an earlier attempt left', async () => {
    server.files.set('/file', CONTENT);
    for (let i = 0; i < 5; i++) server.misbehaviours.push(i === 0 ? { dropAfter: 100_000 } : { status: 503 });
    const message = await refusal({ sha256: sha256(CONTENT) });
    expect(message).toMatch(/troubles of its own \(HTTP 503\); \d+ bytes are kept, run the command again/);
    const kept = Number(/(\d+) bytes are kept/.exec(message)?.[1]);
    expect(kept).toBeGreaterThan(0);
    server.requests.length = 0;
    server.misbehaviours.length = 0;
    await get({ sha256: sha256(CONTENT) });
    expect(server.requests.map(({ range }) => range)).toEqual([`bytes=${kept}-`]);
    expect(Buffer.compare(await readFile(path()), CONTENT)).toBe(0);
  });

  it('asks for nothing more when the part is whole already', async () => {
    server.files.set('/file', CONTENT);
    await get({ sha256: sha256(CONTENT) });
    await rm(path());
    await writeFile(`${path()}.part`, CONTENT);
    await get({ sha256: sha256(CONTENT) });
    expect(server.requests.at(-1)?.range).toBe(`bytes=${CONTENT.length}-`);
    expect(Buffer.compare(await readFile(path()), CONTENT)).toBe(0);
  });

  it('begins anew where the server knows no ranges', async () => {
    server.files.set('/file', CONTENT);
    server.ranges = false;
    server.misbehaviours.push({ dropAfter: 100_000 });
    await get({ sha256: sha256(CONTENT) });
    expect(Buffer.compare(await readFile(path()), CONTENT)).toBe(0);
  });

  it('of unknown hash never joins two versions of a file', async () => {
    for (const etags of [true, false]) {
      server.etags = etags;
      server.files.set(
        '/file',
        CONTENT.map((byte) => byte ^ 1),
      );
      for (let i = 0; i < 5; i++)
        server.misbehaviours.push(i === 0 ? { dropAfter: 100_000 } : { status: 500 });
      await refusal();
      server.misbehaviours.length = 0;
      server.files.set('/file', CONTENT);
      expect((await get()).sha256).toBe(sha256(CONTENT));
    }
  });

  it('that joins two versions in spite of all is fetched anew, once', async () => {
    server.files.set('/file', CONTENT);
    await get({ sha256: sha256(CONTENT) });
    await rm(path());
    await writeFile(`${path()}.part`, new Uint8Array(1000));
    server.requests.length = 0;
    await get({ sha256: sha256(CONTENT) });
    expect(server.requests.map(({ range }) => range)).toEqual(['bytes=1000-', null]);
    expect(Buffer.compare(await readFile(path()), CONTENT)).toBe(0);
  });

  it('of wrong bytes is refused, and leaves nothing', async () => {
    server.files.set('/file', CONTENT);
    const other = sha256(Uint8Array.of(1));
    expect(await refusal({ sha256: other })).toContain(
      `expected the sha256 ${other}, found ${sha256(CONTENT)}`,
    );
    expect(await readdir(join(folder, 'deep'))).toEqual([]);
    expect(await refusal({ bytes: 299_999 })).toContain('expected 299999 bytes, found 300000');
    expect(await readdir(join(folder, 'deep'))).toEqual([]);
  });

  it('takes the next address where one does not have the file', async () => {
    server.files.set('/file', CONTENT);
    const { url } = await get({
      urls: ['http://127.0.0.1:1/file', `${server.url}/none`, `${server.url}/file`],
    });
    expect(url).toBe(`${server.url}/file`);
  });

  it('says what is wrong where nobody answers, without trying for long', async () => {
    const startedAt = performance.now();
    const gone = await startFileServer();
    await gone.close();
    expect(await refusal({ urls: [`${gone.url}/file`], firstWaitMs: 10_000 })).toMatch(
      /^cannot reach 127\.0\.0\.1:\d+: it refuses connections \(ECONNREFUSED\); check the network/,
    );
    expect(await refusal({ urls: ['http://no-such-host.invalid/file'], firstWaitMs: 10_000 })).toMatch(
      /^cannot reach no-such-host\.invalid: its name (is not known|cannot be looked up)/,
    );
    expect(performance.now() - startedAt).toBeLessThan(9_000);
  });

  it.each([
    [404, /there is no such file any more \(HTTP 404\)/],
    [403, /the server forbids it \(HTTP 403\)/],
    [401, /wants to know who asks/],
    [418, /an unexpected answer \(HTTP 418\)/],
  ])('refused with HTTP %d is not tried again', async (status, message) => {
    server.misbehaviours.push({ status }, { status });
    expect(await refusal()).toMatch(message);
    expect(server.requests).toHaveLength(1);
  });

  it('into a place that cannot be written to says so', async () => {
    server.files.set('/file', CONTENT);
    await writeFile(join(folder, 'deep'), 'a file');
    expect(await refusal()).toMatch(/cannot write .*a part of its path is a file/);
  });
});
