import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openS3Store } from '../src/app/store/s3-store.ts';
import { freePort } from '../test/app/queue/redis-server.ts';
import { temporaryFolder } from '../test/app/runs/small-run.ts';

const BUCKET = 'measurements';

let environment: NodeJS.ProcessEnv;
let stop: () => Promise<void>;

/** Moto answers as Amazon's S3 does. */
beforeAll(async () => {
  const port = await freePort();
  const server = spawn(join('.venv', 'bin', 'moto_server'), ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
  });
  stop = async () => {
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  const endpoint = `http://127.0.0.1:${port}`;
  environment = { AWS_ENDPOINT_URL_S3: endpoint, AWS_REGION: 'us-east-1' };
  process.env.AWS_ACCESS_KEY_ID = 'key';
  process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  for (let tries = 0; tries < 100; tries++) {
    if (await fetch(endpoint).catch(() => null)) break;
    await sleep(200);
  }
  const client = new S3Client({ region: 'us-east-1', endpoint, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
}, 60_000);

afterAll(() => stop());

describe('a store in a bucket', () => {
  test('gives back what was written, and null for what was not', async () => {
    const store = openS3Store(`s3://${BUCKET}/some/prefix/`, environment);
    expect(await store.has('results/a.json')).toBe(false);
    expect(await store.read('results/a.json')).toBeNull();
    await store.write('results/a.json', new TextEncoder().encode('{"a":1}'));
    expect(await store.has('results/a.json')).toBe(true);
    expect(new TextDecoder().decode((await store.read('results/a.json')) ?? undefined)).toBe('{"a":1}');
    // Another prefix is another store.
    expect(await openS3Store(`s3://${BUCKET}/other`, environment).has('results/a.json')).toBe(false);
  });

  test('takes away what was lent, one by one and by folders, and nothing else', async () => {
    const store = openS3Store(`s3://${BUCKET}/lent`, environment);
    const names = ['one/a', 'one/b', 'one/deep/c', 'oneself/d'];
    for (const name of names) await store.lend(name, Uint8Array.of(1, 2, 3));
    expect([...((await store.read('one/a')) ?? [])]).toEqual([1, 2, 3]);
    await store.remove('one/a');
    // Once more is no mistake.
    await store.remove('one/a');
    expect(await store.read('one/a')).toBeNull();
    await store.removeFolder('one');
    await store.removeFolder('one');
    const there = await Promise.all(names.map((name) => store.has(name)));
    expect(there).toEqual([false, false, false, true]);
  });

  test('copies files of several megabytes there and back', async () => {
    const store = openS3Store(`s3://${BUCKET}`, environment);
    const folder = await temporaryFolder();
    const [from, to] = [join(folder, 'from'), join(folder, 'deep', 'to')];
    writeFileSync(
      from,
      Uint8Array.from({ length: 5_000_000 }, (_, index) => (index * 31) % 251),
    );
    await store.upload('files/x', from);
    await store.download('files/x', to);
    expect(readFileSync(to).equals(readFileSync(from))).toBe(true);
    await expect(store.download('files/none', to)).rejects.toThrow(/files\/none is not in the store/);
  });

  test('says what is wrong with a bucket that is not there', async () => {
    const store = openS3Store('s3://no-such-bucket', environment);
    await expect(store.write('a', new Uint8Array(1))).rejects.toThrow(/NoSuchBucket.*check the bucket/);
  });
});
