import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readUnits } from '../../../src/app/runs/units-file.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import { jobOf, measureFiles, noticesOf, PICO, resultFiles, runJob } from '../worker/small-jobs.ts';
import { hesscope, startWorker as startWorkerAt, waitFor } from './commands.ts';
import { HAS_REDIS, type RunningRedis, startRedis } from './redis-server.ts';

const TEXT = 'a stone, a leaf, an unfound door; '.repeat(200);

let redis: RunningRedis;
let cache: string;

const startWorker = (...more: readonly string[]) => startWorkerAt(redis.address, cache, ...more);

describe.skipIf(!HAS_REDIS)('units over a queue (needs redis-server)', () => {
  beforeAll(async () => {
    redis = await startRedis();
    cache = mkdtempSync(join(tmpdir(), 'hesscope-queue-'));
  });
  afterAll(async () => {
    await redis.end();
    rmSync(cache, { recursive: true, force: true });
  });

  test('have the bytes of one process, however many workers there are, and are not done twice', async () => {
    const expected = await measureFiles(PICO);
    const workers = [startWorker(), startWorker()];
    const measure = async () => {
      const job = jobOf(PICO, { path: join(await temporaryFolder(), 'run') });
      return runJob({ ...job, sharing: { kind: 'queue', address: redis.address, store: null } });
    };
    const first = await measure();
    expect(resultFiles(first.outcome.path)).toEqual(expected);
    const units = await readUnits(first.outcome.path);
    // The same run again takes what the queue has kept.
    const second = await measure();
    expect(resultFiles(second.outcome.path)).toEqual(expected);
    const byKey = (records: typeof units) => [...records].sort((a, b) => (a.key < b.key ? -1 : 1));
    expect(byKey(await readUnits(second.outcome.path))).toEqual(byKey(units));
    for (const { child } of workers) child.kill('SIGINT');
    for (const { ended } of workers) expect((await ended).code).toBe(0);
  });

  test('wait for a worker and say so; Ctrl-C on it gives its unit back', async () => {
    const request = { ...PICO, seed: 5 };
    const expected = await measureFiles(request);
    const job = jobOf(request, { path: join(await temporaryFolder(), 'run') });
    const running = runJob({ ...job, sharing: { kind: 'queue', address: redis.address, store: null } });
    await sleep(2_500);
    const first = startWorker();
    await waitFor(first, /begun/);
    first.child.kill('SIGINT');
    expect((await first.ended).code).toBe(0);
    const second = startWorker('--exit-when-idle', '3');
    const { outcome, events } = await running;
    expect(resultFiles(outcome.path)).toEqual(expected);
    expect(noticesOf(events).join('\n')).toMatch(/units wait\. Start workers: hesscope worker --queue/);
    // Nothing is to be done any more, so it ends by itself.
    expect((await second.ended).code).toBe(0);
  });

  test('bring their files through a store to workers that do not have them', async () => {
    const here = await temporaryFolder();
    const elsewhere = await temporaryFolder();
    writeFileSync(join(here, 'door.txt'), TEXT);
    const store = join(await temporaryFolder(), 'store');
    const arguments_ = [
      'spectrum',
      '--data',
      './door.txt',
      '--batch',
      '1',
      '--probes',
      '1',
      '--steps',
      '4',
      '--blocks',
      'layer:1',
      '--no-report',
      '--threads',
      '1',
    ];
    const alone = hesscope([...arguments_, '--out', 'alone'], here);
    expect((await alone.ended).code).toBe(0);
    const worker = hesscope(
      ['worker', '--queue', redis.address, '--threads', '1', '--cache', join(elsewhere, 'cache')],
      elsewhere,
    );
    const shared = hesscope(
      [...arguments_, '--out', 'shared', '--queue', redis.address, '--store', store],
      here,
    );
    expect(await shared.ended).toMatchObject({ code: 0 });
    expect(resultFiles(join(here, 'shared'))).toEqual(resultFiles(join(here, 'alone')));
    worker.child.kill('SIGINT');
    await worker.ended;
    // What a store holds is checked before it is used.
    const { text } = await damagedStore(here, elsewhere, store, arguments_);
    expect(text).toMatch(/is damaged: expected \d+ bytes with sha256/);
  });

  async function damagedStore(here: string, elsewhere: string, store: string, arguments_: readonly string[]) {
    const { createHash } = await import('node:crypto');
    const sha256 = createHash('sha256').update(TEXT).digest('hex');
    writeFileSync(join(store, 'files', sha256.slice(0, 2), sha256), TEXT.replace('stone', 'stine'));
    mkdirSync(join(elsewhere, 'empty'));
    const worker = hesscope(
      ['worker', '--queue', redis.address, '--threads', '1', '--cache', join(elsewhere, 'empty')],
      elsewhere,
    );
    const seeded = [
      ...arguments_,
      '--seed',
      '9',
      '--out',
      'damaged',
      '--queue',
      redis.address,
      '--store',
      store,
    ];
    const ended = await hesscope(seeded, here).ended;
    worker.child.kill('SIGINT');
    return ended;
  }
});
