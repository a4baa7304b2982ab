import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { finishedRun, temporaryFolder } from '../runs/small-run.ts';
import { entryPath, type Served, served } from './served.ts';

const SECRET = 'nobody may read this';

/** A run with a file of each kind, and secrets beside it, above it and outside the runs folder. */
async function servedFiles(): Promise<Served> {
  const outer = await temporaryFolder();
  const folder = join(outer, 'runs');
  await finishedRun({ path: join(folder, 'one') });
  for (const file of [
    'figures/map.png',
    'table.csv',
    'page.html',
    'checkpoints/best.safetensors',
    '.token.json',
  ]) {
    await mkdir(join(folder, 'one', file, '..'), { recursive: true });
    await writeFile(join(folder, 'one', file), file);
  }
  for (const place of [outer, folder]) await writeFile(join(place, 'secret.json'), SECRET);
  await symlink(join(outer, 'secret.json'), join(folder, 'one/link.json'));
  await symlink(outer, join(folder, 'one/linked'));
  return served({ folder });
}

test.each([
  ['figures/spectra.svg', 'image/svg+xml'],
  ['figures/map.png', 'image/png'],
  ['table.csv', 'text/csv; charset=utf-8'],
  ['run.json', 'application/json; charset=utf-8'],
  ['page.html', 'text/html; charset=utf-8'],
])('%s is served as it is, as %s', async (file, type) => {
  const server = await servedFiles();
  const { status, headers } = await server.send(entryPath('one', `/files/${file}`));
  expect(status).toBe(200);
  expect(headers['content-type']).toBe(type);
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['content-security-policy']).toContain("default-src 'none'");
  expect(headers['content-security-policy']).toContain('sandbox');
});

test('a report runs its script as a page of nobody, other pages run none', async () => {
  const server = await servedFiles();
  const policyOf = async (file: string) =>
    (await server.send(entryPath('one', `/files/${file}`))).headers['content-security-policy'];
  expect(await policyOf('report.html')).toMatch(/script-src 'unsafe-inline'; sandbox allow-scripts$/);
  expect(await policyOf('page.html')).toContain("script-src 'none'");
  expect(await policyOf('figures/spectra.svg')).not.toContain('script-src');
});

describe('no path leaves the folder of its entry', () => {
  test.each([
    '../secret.json',
    '..%2Fsecret.json',
    '..%2f..%2fsecret.json',
    'figures/../../secret.json',
    'figures/%2e%2e/%2e%2e/secret.json',
    '%2e%2e/secret.json',
    '..%5csecret.json',
    '%252e%252e/secret.json',
    '..%c0%afsecret.json',
    './/../secret.json',
    '/etc/hostname.json',
    '%2fetc%2fpasswd.json',
    'link.json',
    'linked/secret.json',
    'run.json%00.svg',
    'figures%00/../run.json',
    '.token.json',
  ])('%s', async (path) => {
    const server = await servedFiles();
    const { status, text } = await server.send(entryPath('one', `/files/${path}`));
    expect(text).not.toContain(SECRET);
    expect([400, 404]).toContain(status);
    expect(server.bugs).toEqual([]);
  });

  test.each([
    '..',
    '../runs/one',
    'one/..',
    'one/../..',
    './one',
    '/etc',
    'one\0',
    'linked',
    'one/linked',
    '',
  ])('as the address of an entry: %j', async (id) => {
    const server = await servedFiles();
    const { status, text } = await server.send(entryPath(id, '/files/secret.json'));
    expect(text).not.toContain(SECRET);
    expect(status).toBe(id === '' ? 400 : 404);
    expect(server.bugs).toEqual([]);
  });
});

test('what is no picture, report or table stays where it is', async () => {
  const server = await servedFiles();
  for (const file of ['checkpoints/best.safetensors', 'hashes.jsonl', 'figures']) {
    const answer = await server.send(entryPath('one', `/files/${file}`));
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('.svg, .png, .html, .json, .csv');
  }
  expect((await server.send(entryPath('one', '/files/none.svg'))).status).toBe(404);
});
