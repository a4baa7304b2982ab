/** The HTTP API: addresses, bodies and headers that nobody's page would send, and files that a run may not serve. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { finishedRun, temporaryFolder } from '../app/runs/small-run.ts';
import { entryPath, type Served, served } from '../app/server/served.ts';
import { deepList, jsonMutantsOf } from './json-mutations.ts';
import { fuzz } from './reading.ts';
import { DEADLINE_MS, RUNS } from './settings.ts';

async function servedRun(): Promise<Served> {
  const folder = await temporaryFolder();
  await finishedRun({ path: join(folder, 'one') });
  return served({ folder });
}

/** No answer says that the server is wrong, and each comes in time. */
async function answers(server: Served, path: string, sent: Parameters<Served['send']>[1], how: string) {
  const startedAt = performance.now();
  const answer = await server.send(path, sent);
  expect(answer.status, `${how}: ${answer.text.slice(0, 300)}`).toBeLessThan(500);
  expect(server.bugs, how).toEqual([]);
  expect(performance.now() - startedAt, how).toBeLessThan(DEADLINE_MS);
  expect('polluted' in {}, how).toBe(false);
  return answer;
}

const part = fc.oneof(
  fc.constantFrom(
    'one',
    'none',
    '..',
    '.',
    '%2e%2e',
    '%2E%2E%2F',
    '..%2f..%2fetc%2fpasswd',
    '%00',
    '%5c',
    '%c0%ae',
    '__proto__',
    'constructor',
    '*',
    '//',
    'run.json',
    '%252e%252e',
  ),
  fc.webSegment({ size: 'small' }),
);

test('any address is answered', async () => {
  const server = await servedRun();
  const route = fc.constantFrom(
    '/api/entries',
    '/api/jobs',
    '/api/forecast',
    '/api/quadratic',
    '/assets',
    '/login',
    '/api',
    '',
  );
  const address = fc.tuple(
    route,
    fc.array(part, { maxLength: 5 }),
    fc.option(fc.webQueryParameters({ size: 'small' })),
  );
  const methods = fc.constantFrom('GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS');
  await fuzz(fc.tuple(address, methods), async ([[first, parts, query], method]) => {
    const path = `${[first, ...parts].join('/') || '/'}${query === null ? '' : `?${query}`}`;
    await answers(server, path, { method }, `${method} ${path}`);
  });
  expect((await server.send(entryPath('one'))).status).toBe(200);
});

test.each([
  ['PUT', entryPath('one', '/tags'), { tags: ['a', 'b'] }],
  ['POST', '/api/forecast', { model: 'mlp', data: 'digits', probes: 2, steps: 3, options: { tied: true } }],
  ['POST', '/api/quadratic', { blocks: [[1, 2], [100]], trials: 1, steps: 3 }],
  ['POST', '/api/jobs', { kind: 'none', input: { model: 'mlp', probes: 1 } }],
])('any body of %s %s is answered', async (method, path, body) => {
  const server = await servedRun();
  await fuzz(jsonMutantsOf([body]), async ({ text, how }) => {
    // What would begin work is not what is tried here.
    if (path === '/api/jobs' && !text.includes('"none"')) return;
    await answers(server, path, { method, headers: { 'content-type': 'application/json' }, body: text }, how);
  });
  const deep = {
    method,
    headers: { 'content-type': 'application/json' },
    body: `{"tags": ${deepList(200_000)}}`,
  };
  expect((await answers(server, path, deep, 'lists within lists')).status).toBe(400);
});

test('files outside of an entry are not served, by whatever name', async () => {
  const server = await servedRun();
  await writeFile(join(server.folder, 'secret.json'), '{"secret": 1}');
  await symlink('../secret.json', join(server.folder, 'one', 'link.json'));
  await mkdir(join(server.folder, 'one', 'folder.json'));
  const names = [
    '../secret.json',
    '..%2fsecret.json',
    '%2e%2e/secret.json',
    '%2e%2e%2fsecret.json',
    '..%5csecret.json',
    'link.json',
    'folder.json',
    'a/../../secret.json',
    '%00.json',
    'run.json%00.json',
    '/etc/passwd.json',
    '....//secret.json',
    '%252e%252e%252fsecret.json',
  ];
  for (const name of names) {
    const answer = await answers(server, entryPath('one', `/files/${name}`), {}, name);
    expect(answer.status, name).toBeGreaterThanOrEqual(400);
    expect(answer.text, name).not.toContain('secret": 1');
  }
});

test('an entry whose files are damaged is told as damaged, and the others are served', async () => {
  const server = await servedRun();
  const damaged = await finishedRun({ path: join(server.folder, 'two') });
  const files = [
    'run.json',
    'blocks.json',
    'spectra.json',
    'distances.json',
    'metrics.jsonl',
    'tags.json',
    'advice.json',
  ] as const;
  const contents = fc.oneof(
    fc.constantFrom(
      '',
      '{',
      'null',
      '[]',
      '{"version": 1}',
      deepList(),
      '{"__proto__": {"polluted": true}}',
      '\0'.repeat(100),
    ),
    fc.string({ maxLength: 60 }),
  );
  await fuzz(
    fc.tuple(fc.constantFrom(...files), contents),
    async ([file, content]) => {
      await writeFile(join(damaged, file), content);
      for (const rest of ['', '/spectra', '/distances/jsd', '/advice'])
        await answers(server, entryPath('two', rest), {}, `${file}: ${content.slice(0, 40)} at ${rest}`);
      expect((await server.send(entryPath('one'))).status).toBe(200);
    },
    Math.ceil(RUNS / 4),
  );
});
