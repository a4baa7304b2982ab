import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectionOptions, requireQueue } from '../../../src/app/queue/connection.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import { HAS_REDIS, startRedis } from './redis-server.ts';

const HAS_OPENSSL = spawnSync('openssl', ['version']).status === 0;

describe('the address of a queue', () => {
  test('gives host, port and database, with the usual ones where they are left out', async () => {
    expect(await connectionOptions('redis://head-node:7000/3', {})).toMatchObject({
      host: 'head-node',
      port: 7000,
      db: 3,
    });
    expect(await connectionOptions('redis://[::1]', {})).toMatchObject({ host: '::1', port: 6379, db: 0 });
    expect(await connectionOptions('redis://host', {})).not.toHaveProperty('tls');
    expect(await connectionOptions('rediss://host', {})).toHaveProperty('tls');
  });

  test.each(['head-node:6379', 'http://host', 'redis://', 'redis://host/name', ''])(
    'is refused where it is none: %j',
    async (address) => {
      await expect(connectionOptions(address, {})).rejects.toThrow(/expected an address such as redis:/);
    },
  );

  test('is refused with a password in it; the environment is the place for one', async () => {
    await expect(connectionOptions('redis://:secret@host', {})).rejects.toThrow(/HESSCOPE_QUEUE_PASSWORD/);
    expect(await connectionOptions('redis://host', { HESSCOPE_QUEUE_PASSWORD: 'secret' })).toMatchObject({
      password: 'secret',
    });
  });

  test('with certificates that cannot be read says which file', async () => {
    await expect(connectionOptions('rediss://host', { HESSCOPE_QUEUE_CA: '/none/ca.pem' })).rejects.toThrow(
      /HESSCOPE_QUEUE_CA: cannot read '\/none\/ca.pem'/,
    );
  });

  test('where nobody listens is a mistake that is told at once', async () => {
    const address = 'redis://127.0.0.1:1';
    await expect(requireQueue(address, await connectionOptions(address, {}))).rejects.toThrow(
      /No queue at redis:\/\/127.0.0.1:1: .*ECONNREFUSED/,
    );
  });
});

describe.skipIf(!HAS_REDIS)('a queue that is protected (needs redis-server)', () => {
  test('is reached with the password and not without', async () => {
    const redis = await startRedis(['--requirepass', 'secret']);
    onTestFinished(redis.end);
    const { address } = redis;
    await expect(requireQueue(address, await connectionOptions(address, {}))).rejects.toThrow(
      /No queue at .*NOAUTH/,
    );
    const wrong = await connectionOptions(address, { HESSCOPE_QUEUE_PASSWORD: 'other' });
    await expect(requireQueue(address, wrong)).rejects.toThrow(/No queue at/);
    const right = await connectionOptions(address, { HESSCOPE_QUEUE_PASSWORD: 'secret' });
    await expect(requireQueue(address, right)).resolves.toBeUndefined();
  });

  test.skipIf(!HAS_OPENSSL)('speaks TLS, and only to a server whose certificate is known', async () => {
    const folder = await temporaryFolder();
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    const made = spawnSync('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=127.0.0.1',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
      '-keyout',
      key,
      '-out',
      certificate,
    ]);
    expect(made.status).toBe(0);
    const redis = await startRedis(
      (port) => [
        '--port',
        '0',
        '--tls-port',
        String(port),
        '--tls-cert-file',
        certificate,
        '--tls-key-file',
        key,
        '--tls-ca-cert-file',
        certificate,
        '--tls-auth-clients',
        'no',
      ],
      { ca: certificate },
    );
    onTestFinished(redis.end);
    const { address } = redis;
    expect(address).toMatch(/^rediss:/);
    const known = await connectionOptions(address, { HESSCOPE_QUEUE_CA: certificate });
    await expect(requireQueue(address, known)).resolves.toBeUndefined();
    await expect(requireQueue(address, await connectionOptions(address, {}))).rejects.toThrow(
      /No queue at .*self-signed/,
    );
  });
});
