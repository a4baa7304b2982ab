import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readRun } from '../../../src/app/runs/directory.ts';
import { readUnits } from '../../../src/app/runs/units-file.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import {
  breakOff,
  jobOf,
  MLP,
  measureFiles,
  noticesOf,
  PICO,
  resultFiles,
  runJob,
  shared,
  sharedFiles,
} from './small-jobs.ts';

/** The numbers of the request, measured by one process. */
let expected: Record<string, string>;

beforeAll(async () => {
  expected = await measureFiles(PICO);
});

describe('a measurement whose units are shared', () => {
  test.each([1, 2])('has the bytes of one process with %i workers', async (processes) => {
    expect(await sharedFiles(PICO, processes)).toEqual(expected);
  });

  test('has them in float64 and with a tolerance that ends probes early', async () => {
    const request = { ...MLP, precision: 'float64', tolerance: 0.3, steps: 40 } as const;
    expect(await sharedFiles(request)).toEqual(await measureFiles(request));
  });

  test('has them where blocks are exact and others are not', async () => {
    const request = { ...MLP, exactUpTo: 700 };
    const files = await sharedFiles(request);
    expect(Object.keys(files).some((name) => name.startsWith('exact'))).toBe(true);
    expect(files).toEqual(await measureFiles(request));
  });

  test('has them where residuals are made again and operators advance together', async () => {
    const request = { ...PICO, probes: 2, steps: 5, microBatches: 4, memoryMiB: 4 };
    const place = { path: join(await temporaryFolder(), 'run') };
    const { outcome } = await runJob(shared(jobOf(request, place)));
    const units = await readUnits(outcome.path);
    // Several operators in one unit, or the test would show nothing.
    expect(units.some(({ unit }) => unit.includes(';'))).toBe(true);
    expect(resultFiles(outcome.path)).toEqual(await measureFiles(request));
  });

  test('lists every unit with the machine that performed it, and leaves nothing else behind', async () => {
    const place = { path: join(await temporaryFolder(), 'run') };
    const { outcome } = await runJob(shared(jobOf(PICO, place)));
    const units = await readUnits(outcome.path);
    const { run } = await readRun(outcome.path);
    // The check, six blocks and the whole Hessian.
    expect(units).toHaveLength(8);
    expect(new Set(units.map(({ key }) => key)).size).toBe(8);
    expect(units.every(({ machine }) => machine.processor === run.environment.processor)).toBe(true);
    expect(run.loss).toBeGreaterThan(0);
    expect(run.selfCheck?.repeatable).toBe(true);
    expect(readdirSync(outcome.path)).not.toContain('state');
  });
});

describe('a shared measurement that is interrupted', () => {
  test('goes on after a stop with the units that are missing', async () => {
    const path = join(await temporaryFolder(), 'run');
    await breakOff(shared(jobOf(PICO, { path })), 150, 'stop');
    const before = (await readUnits(path)).map(({ key }) => key);
    const { outcome } = await runJob(shared(jobOf(PICO, { resume: path })));
    expect(resultFiles(outcome.path)).toEqual(expected);
    const after = (await readUnits(path)).map(({ key }) => key);
    expect(before.length).toBeGreaterThan(0);
    // No unit is done twice.
    expect(after.slice(0, before.length)).toEqual(before);
    expect(new Set(after).size).toBe(after.length);
  });

  test('goes on after a kill', async () => {
    const path = join(await temporaryFolder(), 'run');
    await breakOff(shared(jobOf(PICO, { path })), 150, 'kill');
    const { outcome } = await runJob(shared(jobOf(PICO, { resume: path })));
    expect(resultFiles(outcome.path)).toEqual(expected);
  });

  test('goes on as a run of one process, and the other way round', async () => {
    const path = join(await temporaryFolder(), 'run');
    await breakOff(jobOf(PICO, { path }), 100, 'stop');
    await breakOff(shared(jobOf(PICO, { resume: path })), 200, 'stop');
    const { outcome } = await runJob(jobOf(PICO, { resume: path }));
    expect(resultFiles(outcome.path)).toEqual(expected);
  });
});

test('a unit that fails on every try is set aside with its error, and the others are kept', async () => {
  const path = join(await temporaryFolder(), 'run');
  // With c this large the logits overflow, and the first product is not a number.
  const request = { ...MLP, blocks: 'fc4.bias', outputScale: 1e12 };
  const events: string[] = [];
  await expect(
    runJob(shared(jobOf(request, { path }))).then(({ events: told }) => events.push(...noticesOf(told))),
  ).rejects.toThrow(/failed on every try|not finite|NaN/);
  const run = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8')) as { status: string; error: string };
  expect(run.status).toBe('failed');
  expect(run.error).toMatch(/3 tries/);
});
