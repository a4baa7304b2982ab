import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readRun } from '../../../src/app/runs/directory.ts';
import { isLockFile } from '../../../src/app/runs/lock.ts';
import { verifyRun } from '../../../src/app/runs/verify.ts';
import { RandomStream } from '../../../src/random/stream.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import {
  breakOff,
  EVERY_STEP,
  type FinishedJob,
  jobOf,
  measureFiles,
  noticesOf,
  PICO,
  productsTakenOver,
  resultFiles,
  runJob,
} from './small-jobs.ts';

/** Six blocks and the whole Hessian, 3 probes of 20 steps each. */
const PRODUCTS = 7 * 3 * 20;

/** The files of the same request in a run that nothing disturbed. */
let undisturbed: Record<string, string>;

async function expectSameAs(expected: Record<string, string>, { outcome }: FinishedJob): Promise<void> {
  expect(outcome.type).toBe('finished');
  expect(resultFiles(outcome.path)).toEqual(expected);
  const { run } = await readRun(outcome.path);
  expect(run.products).toBe(PRODUCTS);
  expect((await verifyRun(outcome.path)).steps.flatMap(({ findings }) => findings)).toEqual([]);
}

/** Moments spread over a run, counted in products. */
function moments(count: number, name: string): number[] {
  const shares = new RandomStream(0, 'moments of kills', name).uniform(count);
  return Array.from(shares, (share) => 1 + Math.floor(share * (PRODUCTS - 1))).sort((a, b) => a - b);
}

beforeAll(async () => {
  undisturbed = await measureFiles(PICO);
  expect(Object.keys(undisturbed)).toHaveLength(7 * 3 + 2);
});

describe('a run whose computing process is killed', () => {
  test('gives the same bytes after several kills in different operators', async () => {
    const path = join(await temporaryFolder(), 'run');
    for (const [index, products] of moments(3, 'rarely saved').entries())
      await breakOff(jobOf(PICO, index === 0 ? { path } : { resume: path }), products, 'kill');
    await expectSameAs(undisturbed, await runJob(jobOf(PICO, { resume: path })));
  });

  test('goes on from vectors saved in the middle of a probe, with the same bytes', async () => {
    const path = join(await temporaryFolder(), 'run');
    for (const [index, products] of moments(5, 'saved each step').entries())
      await breakOff(jobOf(PICO, index === 0 ? { path } : { resume: path }, EVERY_STEP), products, 'kill');
    const last = await runJob(jobOf(PICO, { resume: path }, EVERY_STEP));
    expect(noticesOf(last.events)).toEqual([]);
    await expectSameAs(undisturbed, last);
  });
});

describe('a run that is stopped', () => {
  test('keeps its vectors at once and goes on from them, with the same bytes', async () => {
    const path = join(await temporaryFolder(), 'run');
    // In the middle of the second operator: 3 probes of 20 steps lie behind it.
    await breakOff(jobOf(PICO, { path }), 60 + 21, 'stop');
    const stopped = (await readRun(path)).run;
    expect(stopped.status).toBe('interrupted');
    expect(readdirSync(join(path, 'state'), { recursive: true })).not.toEqual([]);
    const last = await runJob(jobOf(PICO, { resume: path }));
    expect(noticesOf(last.events)).toEqual([]);
    expect(productsTakenOver(last.events, 3)).toBe(stopped.products);
    expect(stopped.products).toBeGreaterThanOrEqual(60 + 21);
    await expectSameAs(undisturbed, last);
  });

  test('keeps the whole basis where vectors are made orthogonal, with the same bytes', async () => {
    const request = { ...PICO, reorthogonalize: true };
    const path = join(await temporaryFolder(), 'run');
    await breakOff(jobOf(request, { path }, EVERY_STEP), 45, 'kill');
    await breakOff(jobOf(request, { resume: path }), 150, 'stop');
    const last = await runJob(jobOf(request, { resume: path }));
    expect(noticesOf(last.events)).toEqual([]);
    await expectSameAs(await measureFiles(request), last);
  });
});

describe('a run whose parent process is killed', () => {
  const script = fileURLToPath(new URL('./parent-child.ts', import.meta.url));

  /** Starts a job below a parent of its own and kills that parent after some products. */
  async function killParent(path: string, products: number): Promise<void> {
    const job = JSON.stringify(jobOf(PICO, { path }));
    const parent = spawn(process.execPath, ['--import', 'tsx', script, job], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const exit = once(parent, 'exit');
    for await (const line of createInterface({ input: parent.stdout })) {
      if (Number(line) < products) continue;
      parent.kill('SIGKILL');
      break;
    }
    await exit;
  }

  /** The process that holds the lock of a run. */
  function holderOf(path: string): number | null {
    const lock = readdirSync(path).find(isLockFile);
    return lock === undefined ? null : Number(lock.split('-').at(-2));
  }

  test('saves everything and ends by itself, and goes on with the same bytes', async () => {
    const path = join(await temporaryFolder(), 'run');
    await killParent(path, 100);
    while (holderOf(path) !== null) await sleep(20);
    expect((await readRun(path)).run.status).toBe('interrupted');
    const last = await runJob(jobOf(PICO, { resume: path }));
    expect(noticesOf(last.events)).toEqual([]);
    expect(productsTakenOver(last.events, 3)).toBeGreaterThanOrEqual(100);
    await expectSameAs(undisturbed, last);
  });

  test('goes on with the same bytes when its child was killed with it', async () => {
    const path = join(await temporaryFolder(), 'run');
    await killParent(path, 100);
    const child = holderOf(path);
    if (child !== null) process.kill(child, 'SIGKILL');
    while (child !== null && existsSync(`/proc/${child}`)) await sleep(20);
    await expectSameAs(undisturbed, await runJob(jobOf(PICO, { resume: path })));
  });
});
