import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../runs/small-run.ts';
import { served } from './served.ts';

/** A built page of two files, with a secret beside it. */
async function builtPage(): Promise<string> {
  const outer = await temporaryFolder();
  const folder = join(outer, 'dashboard');
  await mkdir(join(folder, 'assets'), { recursive: true });
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>hesscope</title>');
  await writeFile(join(folder, 'assets/index-abc123.js'), 'export {};');
  await writeFile(join(outer, 'secret.txt'), 'nobody may read this');
  return folder;
}

test.each(['/', '/runs/figures/trainings/mlp-sgd-0.003', '/compare?run=a&run=b', '/apis', '/index.html'])(
  'the page answers at each of its addresses: %s',
  async (path) => {
    const server = await served({ pageFolder: await builtPage() });
    const { status, headers, text } = await server.send(path);
    expect([status, text]).toEqual([200, '<!doctype html><title>hesscope</title>']);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['cache-control']).toBe('no-cache');
  },
);

test('built files are kept for ever, and what there is none of is no page', async () => {
  const server = await served({ pageFolder: await builtPage() });
  const script = await server.send('/assets/index-abc123.js');
  expect([script.status, script.text]).toEqual([200, 'export {};']);
  expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(script.headers['content-type']).toContain('javascript');
  for (const path of ['/assets/none.js', '/api/none', '/api', '/assets']) {
    const answer = await server.send(path);
    expect([path, answer.status]).toEqual([path, 404]);
    expect(answer.json()).toEqual({ error: expect.stringContaining(path) });
    expect(answer.headers['cache-control']).toBe('no-store');
  }
  expect((await server.post('/', {})).status).toBe(404);
});

test.each([
  '/assets/../../secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/assets/%2e%2e/%2e%2e/secret.txt',
  '/assets//etc/hostname',
  '/assets/..%5c..%5csecret.txt',
])('no path leaves the built page: %s', async (path) => {
  const server = await served({ pageFolder: await builtPage() });
  const { status, text } = await server.send(path);
  expect(text).not.toContain('nobody');
  expect([400, 403, 404]).toContain(status);
  expect(server.bugs).toEqual([]);
});

test('where the page has not been built, a sentence says how to build it', async () => {
  const server = await served({ pageFolder: join(await temporaryFolder(), 'none') });
  const { status, headers, text } = await server.send('/runs/one');
  expect(status).toBe(404);
  expect(headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(text).toContain('npm run build');
  expect((await server.send('/api/entries')).status).toBe(200);
});
