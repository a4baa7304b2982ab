import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readUnits } from '../../../src/app/runs/units-file.ts';
import type { SpectrumRequestInput } from '../../../src/study/spectrum/request.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import {
  breakOff,
  EVERY_STEP,
  jobOf,
  MLP,
  measureFiles,
  noticesOf,
  resultFiles,
  runJob,
} from '../worker/small-jobs.ts';
import { hesscope, startWorker as startWorkerAt, waitFor } from './commands.ts';
import { HAS_REDIS, type RunningRedis, startRedis } from './redis-server.ts';

const RANGES: SpectrumRequestInput = { ...MLP, microBatches: 3, ranges: 2 };

let redis: RunningRedis;
let cache: string;
let expected: Record<string, string>;

const startWorker = (...more: readonly string[]) => startWorkerAt(redis.address, cache, ...more);

/** Measures by workers of the queue, through a store of its own. */
async function measure(request: SpectrumRequestInput) {
  const folder = await temporaryFolder();
  const store = join(folder, 'store');
  const job = jobOf(request, { path: join(folder, 'run') });
  const found = await runJob({ ...job, sharing: { kind: 'queue', address: redis.address, store } });
  // Nothing stays behind of all the vectors that went through it.
  expect(readdirSync(join(store, 'exchange'))).toEqual([]);
  return found;
}

describe.skipIf(!HAS_REDIS)('ranges of micro-batches over a queue (needs redis-server)', () => {
  beforeAll(async () => {
    redis = await startRedis();
    cache = mkdtempSync(join(tmpdir(), 'hesscope-ranges-'));
    expected = await measureFiles(RANGES);
  });
  afterAll(async () => {
    await redis.end();
    rmSync(cache, { recursive: true, force: true });
  });

  test('give the bytes of one process, each range held by a worker', async () => {
    const workers = [startWorker(), startWorker()];
    const { outcome, events } = await measure(RANGES);
    expect(resultFiles(outcome.path)).toEqual(expected);
    expect(noticesOf(events).join()).toContain('2 workers hold the ranges.');
    expect((await readUnits(outcome.path)).map(({ unit }) => unit).sort()).toEqual([
      'products over micro-batch 3',
      'products over micro-batches 1 to 2',
    ]);
    // They hold nothing any more, and take other units.
    const job = jobOf(MLP, { path: join(await temporaryFolder(), 'run') });
    const sharing = { kind: 'queue', address: redis.address, store: null } as const;
    expect((await runJob({ ...job, sharing })).outcome.type).toBe('finished');
    for (const { child } of workers) child.kill('SIGINT');
    for (const { ended } of workers) expect((await ended).code).toBe(0);
  });

  test('take turns where there are fewer workers than ranges', async () => {
    const request = { ...RANGES, steps: 2, blocks: 'fc4.bias', full: false };
    const worker = startWorker();
    const { outcome, events } = await measure(request);
    expect(noticesOf(events).join()).toMatch(
      /1 of 2 ranges are held by workers; without more, they take turns/,
    );
    expect(resultFiles(outcome.path)).toEqual(await measureFiles(request));
    worker.child.kill('SIGINT');
    expect((await worker.ended).code).toBe(0);
  });

  test('go to another worker where one is stopped or killed', async () => {
    const workers = [startWorker(), startWorker()] as const;
    const begun = workers.map((worker) => waitFor(worker, /micro-batch.*: begun/));
    const running = measure(RANGES);
    await Promise.all(begun);
    workers[0].child.kill('SIGINT');
    expect((await workers[0].ended).code).toBe(0);
    const third = startWorker();
    await waitFor(third, /micro-batch.*: begun/);
    workers[1].child.kill('SIGKILL');
    const fourth = startWorker();
    const { outcome } = await running;
    expect(resultFiles(outcome.path)).toEqual(expected);
    for (const { child } of [third, fourth]) child.kill('SIGINT');
  });

  test('are let go when the run is interrupted before a worker has come', async () => {
    const path = join(await temporaryFolder(), 'run');
    const args = ['--model', 'mlp', '--batch', '8', '--micro-batches', '3', '--ranges', '2', '--out', path];
    const store = ['--store', join(await temporaryFolder(), 'store')];
    const run = hesscope(['spectrum', ...args, '--queue', redis.address, ...store, '--no-report']);
    await waitFor(run, /0 of 2 ranges are held/);
    run.child.kill('SIGINT');
    const { text } = await run.ended;
    expect(text).toMatch(/--resume/);
  });

  test('of a plan that the resumed run has given up are let go', async () => {
    const folder = await temporaryFolder();
    const sharing = { kind: 'queue', address: redis.address, store: join(folder, 'store') } as const;
    const path = join(folder, 'run');
    const workers = [startWorker(), startWorker()];
    const job = jobOf({ ...RANGES, steps: 30 }, { path }, EVERY_STEP);
    await breakOff({ ...job, sharing }, 20, 'kill');
    // So little memory that residuals are made again: other ranges than those that are held.
    const resumed = jobOf({ ...RANGES, steps: 30, memoryMiB: 1 }, { resume: path });
    const { outcome, events } = await runJob({ ...resumed, sharing });
    expect(noticesOf(events).join()).toContain('2 workers hold the ranges.');
    expect(resultFiles(outcome.path)).toEqual(await measureFiles({ ...RANGES, steps: 30 }));
    for (const { child } of workers) child.kill('SIGINT');
    for (const { ended } of workers) expect((await ended).code).toBe(0);
  });

  test('need a store, through which vectors go', async () => {
    const job = jobOf(RANGES, { path: join(await temporaryFolder(), 'run') });
    const sharing = { kind: 'queue', address: redis.address, store: null } as const;
    await expect(runJob({ ...job, sharing })).rejects.toThrow(/name one with '--store'/);
  });

  test('tell a loss that is not finite by its micro-batch among all', async () => {
    const worker = startWorker();
    await expect(measure({ ...RANGES, outputScale: 1e38 })).rejects.toThrow(
      /micro-batch(es)? .*\(3 tries\): The loss of micro-batch [13] is/,
    );
    worker.child.kill('SIGINT');
    await worker.ended;
  });
});
