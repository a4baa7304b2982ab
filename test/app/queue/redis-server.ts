/** A Redis of a test's own, where there is one on this machine. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** Whether this machine has redis-server; tests that need it are skipped where it has none. */
export const HAS_REDIS = spawnSync('redis-server', ['--version']).status === 0;

/** A server that listens on the loopback. */
export interface RunningRedis {
  readonly address: string;
  readonly process: ChildProcess;
  end(): Promise<void>;
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Starts a server without persistence and waits until it answers.
 *
 * @param settings more of its options, which may depend on its port.
 * @param tls the certificate file of a server that these options make speak TLS.
 */
export async function startRedis(
  settings: readonly string[] | ((port: number) => readonly string[]) = [],
  tls: { readonly ca: string } | null = null,
): Promise<RunningRedis> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'hesscope-redis-'));
  const more = typeof settings === 'function' ? settings(port) : settings;
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...more];
  const process = spawn('redis-server', options, { stdio: 'ignore' });
  await answers(port, tls);
  return {
    address: `${tls ? 'rediss' : 'redis'}://127.0.0.1:${port}`,
    process,
    end: async () => {
      if (process.exitCode === null && process.signalCode === null) {
        process.kill('SIGKILL');
        await once(process, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(port: number, tls: { readonly ca: string } | null): Promise<void> {
  const redis = new Redis({
    port,
    host: '127.0.0.1',
    retryStrategy: () => 50,
    maxRetriesPerRequest: null,
    ...(tls ? { tls: { ca: readFileSync(tls.ca) } } : {}),
  });
  redis.on('error', () => undefined);
  const patience = sleep(10_000, 'late', { ref: false });
  const first = await Promise.race([redis.ping().catch(() => 'NOAUTH'), patience]);
  redis.disconnect();
  if (first === 'late')
    throw new Error('expected redis-server to answer within 10 seconds, found that it does not');
}
