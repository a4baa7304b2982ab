import { connect } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allowedNames, nameOfHost } from '../../../src/app/server/security/hosts.ts';
import { compiledModule } from '../../compiled/compiled.ts';
import { finishedRun, temporaryFolder } from '../runs/small-run.ts';
import { entryPath, type Served, served } from './served.ts';

type Errors = typeof import('../../../src/errors.ts');

// The one that the server throws.
const { UserError } = await compiledModule<Errors>('errors.ts');

const TOKEN = 'a-token-of-forty-letters-that-nobody-knows';
const JSON_TYPE = { 'content-type': 'application/json' };

async function servedRun(token: string | null = null): Promise<Served> {
  const folder = await temporaryFolder();
  await finishedRun({ path: join(folder, 'one') });
  return served({ folder, token });
}

describe('the name that a request calls the server by', () => {
  test.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]', '127.0.0.1:1', 'localhost:65535'])(
    'may be %s',
    async (host) => {
      const server = await servedRun();
      expect((await server.send('/api/entries', { headers: { host } })).status).toBe(200);
    },
  );

  test.each([
    'evil.example',
    'evil.example:4242',
    'localhost.evil.example',
    'evil@localhost',
    'localhost@evil.example',
    'localhost#.evil.example',
    'localhost/evil',
    '127.0.0.1.nip.io',
    '0.0.0.0',
    '2130706433',
    '[::ffff:127.0.0.1]',
    'localhost.',
    ' ',
  ])('may not be %j, be it for a page or the API', async (host) => {
    const server = await servedRun();
    for (const path of ['/api/entries', '/', '/api/events', '/login']) {
      const answer = await server.send(path, { headers: { host } });
      expect(answer.status).toBe(403);
      expect(answer.json()).toEqual({ error: expect.stringContaining('does not go by the name') });
    }
  });

  test('may be one that was allowed, and those of the machine where all its addresses are listened on', () => {
    expect(allowedNames('127.0.0.1', ['Box.example']).has('box.example')).toBe(true);
    expect(allowedNames('0.0.0.0', []).has(hostname().toLowerCase())).toBe(true);
    expect([...allowedNames('192.0.2.7', [])]).toEqual(['192.0.2.7']);
    expect([...allowedNames('2001:db8::1', [])]).toEqual(['[2001:db8::1]']);
    expect(nameOfHost('[2001:db8::1]:80')).toBe('[2001:db8::1]');
    expect(nameOfHost(undefined)).toBeNull();
  });
});

describe('a page of another site', () => {
  /** Every request that changes something, and whether it would succeed from here. */
  const CHANGES: readonly [method: string, path: string, body: unknown][] = [
    ['PUT', entryPath('one', '/tags'), { tags: ['x'] }],
    ['DELETE', entryPath('one'), undefined],
    ['POST', '/api/jobs', { kind: 'spectrum', input: {} }],
    ['POST', '/api/forecast', {}],
    ['POST', '/api/quadratic', { blocks: [[1]] }],
    ['POST', entryPath('one', '/resume'), {}],
    ['POST', '/api/jobs/none/stop', {}],
    ['POST', '/login', {}],
  ];

  test.each(CHANGES)('changes nothing by %s %s, whatever it says of itself', async (method, path, body) => {
    const server = await servedRun();
    const own = { ...JSON_TYPE, 'x-confirm': 'one' };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://localhost' },
      { origin: `http://localhost:${server.port}` },
      { origin: `http://127.0.0.1:${server.port}.evil.example` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign) {
      const answer = await server.send(path, { method, headers: { ...own, ...headers }, ...content });
      expect([answer.status, headers]).toEqual([403, headers]);
    }
    expect((await server.send(entryPath('one'))).status).toBe(200);
    expect((await server.send('/api/jobs')).json()).toEqual({ jobs: [] });
  });

  test('cannot send what counts: forms and plain text are no JSON', async () => {
    const server = await servedRun();
    const body = JSON.stringify({ tags: ['x'] });
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      undefined,
    ];
    for (const type of types) {
      const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
      const { status } = await server.send(entryPath('one', '/tags'), { method: 'PUT', headers, body });
      expect([type, status]).toEqual([type, 415]);
    }
    expect((await server.send(entryPath('one'))).json()).toMatchObject({ summary: { tags: [] } });
  });

  test('is given no leave to read answers, nor to show the page in a frame', async () => {
    const server = await servedRun();
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'DELETE' };
    for (const method of ['GET', 'OPTIONS']) {
      const answer = await server.send(entryPath('one'), { method, headers });
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  test('of the server itself changes what it may', async () => {
    const server = await servedRun();
    const headers = {
      ...JSON_TYPE,
      origin: `http://127.0.0.1:${server.port}`,
      'sec-fetch-site': 'same-origin',
    };
    const body = JSON.stringify({ tags: ['x'] });
    const answer = await server.send(entryPath('one', '/tags'), { method: 'PUT', headers, body });
    expect(answer.json()).toMatchObject({ tags: ['x'] });
  });
});

describe('the token', () => {
  const PATHS = [
    '/api/entries',
    '/api/events',
    '/api/openapi.json',
    '/assets/x.js',
    entryPath('one', '/files/run.json'),
  ];

  test.each(PATHS)('is wanted for %s', async (path) => {
    const server = await servedRun(TOKEN);
    for (const authorization of [
      undefined,
      'Bearer wrong',
      `Basic ${TOKEN}`,
      TOKEN,
      `Bearer ${TOKEN.slice(1)}`,
    ]) {
      const answer = await server.send(path, { headers: authorization ? { authorization } : {} });
      expect([authorization, answer.status]).toEqual([authorization, 401]);
    }
    expect((await server.send(`${path}?token=${TOKEN}`)).status).toBe(401);
    expect((await server.send(path, { headers: { cookie: `hesscope-0=${TOKEN}` } })).status).toBe(401);
  });

  test('lets programs in as a bearer', async () => {
    const server = await servedRun(TOKEN);
    const answer = await server.send('/api/entries', { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(answer.status).toBe(200);
  });

  test('is exchanged on the login page for a cookie that scripts do not see and other sites do not send', async () => {
    const server = await servedRun(TOKEN);
    const page = await server.send('/runs/one', { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.location]).toEqual([303, '/login']);
    const login = (token: string) =>
      server.send('/login', {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: `http://127.0.0.1:${server.port}`,
        },
        body: new URLSearchParams({ token }).toString(),
      });
    const wrong = await login('wrong');
    expect([wrong.status, wrong.headers['set-cookie']]).toEqual([401, undefined]);
    expect(wrong.text).toContain('That is not the token');
    const right = await login(TOKEN);
    expect([right.status, right.headers.location]).toEqual([303, '/']);
    const [cookie] = right.headers['set-cookie'] as [string];
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Strict/);
    expect(cookie).not.toContain(TOKEN);
    const [pair] = cookie.split(';');
    expect((await server.send('/api/entries', { headers: { cookie: pair! } })).status).toBe(200);
    expect((await server.send('/api/entries', { headers: { cookie: `${pair}x` } })).status).toBe(401);
    const other = await servedRun(TOKEN);
    expect((await other.send('/api/entries', { headers: { cookie: pair! } })).status).toBe(401);
  });

  test('is wanted wherever others reach the server', async () => {
    const folder = await temporaryFolder();
    const starting = served({ folder, host: '0.0.0.0', token: null });
    await expect(starting).rejects.toThrow(UserError);
    await expect(starting).rejects.toThrow('expected a token');
  });
});

describe('sizes are limited', () => {
  test('of content, to 1 MiB', async () => {
    const server = await servedRun();
    const answer = await server.post('/api/forecast', { model: 'x'.repeat(2 ** 20) });
    expect(answer.status).toBe(413);
    expect(answer.json()).toEqual({ error: 'Expected at most 1 MiB of content, found more.' });
    const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    const login = await server.send('/login', { ...form, body: `token=${'x'.repeat(5000)}` });
    expect(login.status).toBe(413);
  });

  test('of addresses and headers, to 16 KiB together', async () => {
    const server = await servedRun();
    expect((await server.send(`/api/entries/${'x'.repeat(20_000)}`)).status).toBe(431);
    expect((await server.send('/api/entries', { headers: { 'x-long': 'x'.repeat(20_000) } })).status).toBe(
      431,
    );
    expect((await server.send(`/api/entries/${'x'.repeat(5000)}`)).status).toBe(414);
  });

  test('of tags and quadratic problems', async () => {
    const server = await servedRun();
    const tags = await server.post(entryPath('one', '/tags'), { tags: ['x'.repeat(41)] }, 'PUT');
    expect(tags.status).toBe(400);
    const many = await server.post('/api/quadratic', { blocks: [Array.from({ length: 25 }, () => 1)] });
    expect(many.status).toBe(400);
    expect(many.text).toContain('at most 24 eigenvalues');
  });
});

test('content that is no JSON, or would change what objects are, is a mistake and no bug', async () => {
  const server = await servedRun();
  for (const body of ['{', '[1', '{"__proto__": {"x": 1}, "tags": []}', '"text"', 'null', '']) {
    const { status, text } = await server.send(entryPath('one', '/tags'), {
      method: 'PUT',
      headers: JSON_TYPE,
      body,
    });
    expect([body, status]).toEqual([body, 400]);
    expect(JSON.parse(text)).toEqual({ error: expect.any(String) });
  }
  expect(server.bugs).toEqual([]);
});

test('bytes that are no HTTP end the connection and nothing else', async () => {
  const server = await servedRun();
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write('\x16\x03\x01\0 not http\r\n\r\n'));
    let text = '';
    socket.on('data', (data) => {
      text += String(data);
    });
    socket.on('close', () => resolve(text));
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect((await server.send('/api/entries')).status).toBe(200);
});

test.each(['/', '/api/entries', '/api/none', '/login', '/assets/none.js', '/%zz'])(
  'every answer tells the browser what it may do: %s',
  async (path) => {
    const server = await servedRun();
    const { headers } = await server.send(path);
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
  },
);
