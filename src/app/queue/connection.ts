/** How to reach the queue: Redis or Valkey, by its address; secrets come from the environment. */
import { readFile } from 'node:fs/promises';
import { Redis, type RedisOptions } from 'ioredis';
import { UserError } from '../../errors.ts';

/** Where secrets are looked for. */
export const QUEUE_USERNAME = 'HESSCOPE_QUEUE_USERNAME';
export const QUEUE_PASSWORD = 'HESSCOPE_QUEUE_PASSWORD';
/** A file with the certificates that sign the server's, for `rediss:`; the system's unless given. */
export const QUEUE_CA = 'HESSCOPE_QUEUE_CA';

/** How long the first answer may take. */
const FIRST_ANSWER_MS = 5_000;
/** How long is waited before a lost connection is tried again, at most. */
const LONGEST_WAIT_MS = 2_000;

const DEFAULT_PORT = 6379;

/**
 * Options of a connection to `redis://host:port/database`, or `rediss://` with TLS.
 *
 * @throws UserError for another kind of address, or one with a password in it, which everybody on the machine could read.
 */
export async function connectionOptions(
  address: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<RedisOptions> {
  const url = parseAddress(address);
  const database = url.pathname.replace(/^\//, '');
  const ca = environment[QUEUE_CA];
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    db: database === '' ? 0 : Number(database),
    username: environment[QUEUE_USERNAME],
    password: environment[QUEUE_PASSWORD],
    ...(url.protocol === 'rediss:'
      ? { tls: ca === undefined ? {} : { ca: await readCertificates(ca) } }
      : {}),
    // A queue that is away for a while comes back; commands wait for it.
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(100 * 2 ** Math.min(attempt, 5), LONGEST_WAIT_MS),
  };
}

function parseAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  const isDatabase = url !== null && /^\/?\d*$/.test(url.pathname);
  if (!url || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '' || !isDatabase)
    throw new UserError(
      `'--queue': expected an address such as redis://host:6379/0, or rediss:// for TLS, found '${address}'`,
    );
  if (url.password !== '' || url.username !== '')
    throw new UserError(
      `'--queue': expected an address without name and password, which every user of the machine could read; give them by ${QUEUE_USERNAME} and ${QUEUE_PASSWORD} in the environment`,
    );
  return url;
}

async function readCertificates(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UserError(`${QUEUE_CA}: cannot read '${path}': ${(error as Error).message}`);
  }
}

/**
 * Options of connections to a queue that answers.
 *
 * @throws UserError when the address is none, or no queue answers there.
 */
export async function reachQueue(address: string): Promise<RedisOptions> {
  const options = await connectionOptions(address);
  await requireQueue(address, options);
  return options;
}

/** Runs `use` with a connection that is closed after it. */
export async function withRedis<Result>(
  options: RedisOptions,
  use: (redis: Redis) => Promise<Result>,
): Promise<Result> {
  const redis = new Redis(options);
  // Commands fail by themselves; without a listener the event would end the process.
  redis.on('error', () => undefined);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

/**
 * Makes sure that a queue answers at an address.
 *
 * @throws UserError saying what it answered, or that it did not.
 */
export async function requireQueue(address: string, options: RedisOptions): Promise<void> {
  const redis = new Redis({
    ...options,
    lazyConnect: true,
    connectTimeout: FIRST_ANSWER_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let reason: string | null = null;
  redis.on('error', (error: Error) => {
    reason = error.message;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    throw new UserError(
      `No queue at ${address}: ${reason ?? (error as Error).message}. Start one (redis-server, or valkey-server), or check address, ${QUEUE_PASSWORD} and firewall.`,
    );
  } finally {
    redis.disconnect();
  }
}
