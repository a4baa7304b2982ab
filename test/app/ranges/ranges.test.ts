import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readRun } from '../../../src/app/runs/directory.ts';
import { readUnits } from '../../../src/app/runs/units-file.ts';
import type { SpectrumRequestInput } from '../../../src/study/spectrum/request.ts';
import { compiledModule } from '../../compiled/compiled.ts';
import { descendants, isRunning } from '../../faults/scene.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import {
  breakOff,
  EVERY_STEP,
  jobOf,
  MLP,
  measureFiles,
  noticesOf,
  PICO,
  resultFiles,
  runJob,
  shared,
  sharedFiles,
} from '../worker/small-jobs.ts';

/** Five micro-batches, so that ranges are not equal. */
const RANGES: SpectrumRequestInput = {
  ...PICO,
  probes: 2,
  steps: 6,
  microBatches: 5,
  ranges: 3,
  blocks: 'kind:query',
};
const SMALL: SpectrumRequestInput = { ...MLP, microBatches: 3, ranges: 2 };

/** The numbers of the request, measured by one process. */
let expected: Record<string, string>;

beforeAll(async () => {
  expected = await measureFiles(RANGES);
});

describe('products whose micro-batches are shared by ranges', () => {
  test.each([1, 2, 3])('have the bytes of one process with %i workers', async (processes) => {
    expect(await sharedFiles(RANGES, processes)).toEqual(expected);
  });

  test('are not summed as without ranges, so that the comparison shows something', async () => {
    expect(await measureFiles({ ...RANGES, ranges: 1 })).not.toEqual(expected);
  });

  test('have them in float64, with exact blocks and with a tolerance', async () => {
    const request = { ...SMALL, precision: 'float64', exactUpTo: 700, tolerance: 0.3, steps: 20 } as const;
    const files = await sharedFiles(request, 2);
    expect(Object.keys(files).some((name) => name.startsWith('exact'))).toBe(true);
    expect(files).toEqual(await measureFiles(request));
  });

  test('have them where residuals are made again and operators advance together', async () => {
    const request = { ...RANGES, steps: 3, memoryMiB: 4 };
    const place = { path: join(await temporaryFolder(), 'run') };
    const { outcome, events } = await runJob(shared(jobOf(request, place), 2));
    const planned = events.flatMap((event) => (event.type === 'planned' ? event.text : []));
    expect(planned.join(' ')).toMatch(/Operators advance together/);
    expect(resultFiles(outcome.path)).toEqual(await measureFiles(request));
  });

  test('end all processes where one of them fails, and start no other', async () => {
    const before = descendants(process.pid);
    const place = { path: join(await temporaryFolder(), 'run') };
    const request = { ...SMALL, outputScale: 1e38 };
    await expect(runJob(shared(jobOf(request, place), 2))).rejects.toThrow(/The loss of micro-batch [13] is/);
    await sleep(500);
    expect(descendants(process.pid).filter((pid) => !before.includes(pid) && isRunning(pid))).toEqual([]);
  });

  test('list who has made the shares of which range, and leave nothing else behind', async () => {
    const place = { path: join(await temporaryFolder(), 'run') };
    const { outcome } = await runJob(shared(jobOf(SMALL, place), 2));
    const units = await readUnits(outcome.path);
    expect(units.map(({ unit }) => unit).sort()).toEqual([
      'products over micro-batch 3',
      'products over micro-batches 1 to 2',
    ]);
    expect(units.every(({ elapsedMs, runtimeMs }) => elapsedMs >= runtimeMs && runtimeMs > 0)).toBe(true);
    const { run } = await readRun(outcome.path);
    expect(run.runtimeMs).toBeGreaterThan(0);
    expect(run.data.microBatches).toBe(3);
    expect(readdirSync(outcome.path)).not.toContain('state');
  });
});

describe('shared products that are disturbed', () => {
  test('go on after a stop and after a kill, by one process or several', async () => {
    const path = join(await temporaryFolder(), 'run');
    await breakOff(shared(jobOf(RANGES, { path }, EVERY_STEP)), 4, 'stop');
    await breakOff(jobOf(RANGES, { resume: path }, EVERY_STEP), 10, 'stop');
    await breakOff(shared(jobOf(RANGES, { resume: path }, EVERY_STEP)), 16, 'kill');
    const { outcome } = await runJob(shared(jobOf(RANGES, { resume: path })));
    expect(resultFiles(outcome.path)).toEqual(expected);
  });

  test('go on where a process that holds ranges is killed', async () => {
    type Host = typeof import('../../../src/app/worker/host.ts');
    const { startJob } = await compiledModule<Host>('app/worker/host.ts');
    const path = join(await temporaryFolder(), 'run');
    const before = descendants(process.pid);
    const notices: string[] = [];
    let isKilled = false;
    const running = startJob(shared(jobOf(RANGES, { path }), 2), (event) => {
      notices.push(...noticesOf([event]));
      if (event.type !== 'progress' || isKilled || event.progress.productsDone < 4) return;
      isKilled = true;
      // The job itself is the first of the new ones, what it has started follows.
      const [, holder] = descendants(process.pid).filter((pid) => !before.includes(pid));
      process.kill(holder as number, 'SIGKILL');
    });
    onTestFinished(() => running.kill());
    const outcome = await running.outcome;
    expect(isKilled).toBe(true);
    expect(notices.join()).toMatch(/ended with SIGKILL in the middle of a unit; it is tried again/);
    expect(resultFiles(outcome.path)).toEqual(expected);
  });
});

test('more ranges than micro-batches are refused', async () => {
  const job = jobOf({ ...SMALL, ranges: 4 }, { path: join(await temporaryFolder(), 'run') });
  await expect(runJob(job)).rejects.toThrow(
    "'ranges': expected at most one for each micro-batch (3), found 4",
  );
});
