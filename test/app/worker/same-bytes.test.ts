import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../runs/small-run.ts';
import { jobOf, MLP, measureFiles, PICO, resultFiles, runJob } from './small-jobs.ts';

/** The numbers of the request on one thread. */
let expected: Record<string, string>;

beforeAll(async () => {
  expected = await measureFiles(PICO);
});

test('the same seed gives the same bytes', async () => {
  expect(await measureFiles(PICO)).toEqual(expected);
});

test('another seed gives other numbers', async () => {
  const { 'spectra.json': spectra } = await measureFiles({ ...PICO, seed: 1 });
  expect(spectra).not.toBe(expected['spectra.json']);
});

test('the MLP on images gives the same bytes twice, in float64 too', async () => {
  for (const precision of ['float32', 'float64'] as const) {
    const first = await measureFiles({ ...MLP, precision });
    expect(await measureFiles({ ...MLP, precision })).toEqual(first);
  }
});

test('a memory budget that holds neither residuals nor all probes changes no byte', async () => {
  // Eight micro-batches: residuals of more than a megabyte, which is all that there is.
  const request = { ...PICO, microBatches: 2, reorthogonalize: true };
  const roomy = await runJob(jobOf(request, { path: join(await temporaryFolder(), 'roomy') }));
  const tight = await runJob(
    jobOf({ ...request, memoryMiB: 1 }, { path: join(await temporaryFolder(), 'tight') }),
  );
  expect(planText(roomy.outcome.path)).toContain('stay in memory');
  expect(planText(roomy.outcome.path)).toContain('All probes of a block advance together.');
  expect(planText(tight.outcome.path)).toContain('exceed the memory budget');
  expect(planText(tight.outcome.path)).toContain('but for');
  expect(resultFiles(tight.outcome.path)).toEqual(resultFiles(roomy.outcome.path));
});

function planText(path: string): string {
  return (
    JSON.parse(readFileSync(join(path, 'run.json'), 'utf8')) as { plan: { text: string[] } }
  ).plan.text.join(' ');
}
