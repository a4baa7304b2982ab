import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readRun } from '../../../src/app/runs/directory.ts';
import type { LanczosFile, SpectraFile, SpectrumRecord } from '../../../src/app/runs/records.ts';
import { verifyRun } from '../../../src/app/runs/verify.ts';
import { meanMeasure, nodeRange, wassersteinOne } from '../../../src/spectrum/index.ts';
import type { SpectrumRequestInput } from '../../../src/study/spectrum/request.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import {
  breakOff,
  EVERY_STEP,
  jobOf,
  measureFiles,
  noticesOf,
  PICO,
  resultFiles,
  runJob,
} from './small-jobs.ts';

const ALL_STEPS: SpectrumRequestInput = {
  ...PICO,
  blocks: '*.h.0.attn.query.*,*.h.0.attn.value.*,*.h.0.mlp.fc.*',
  steps: 70,
};
/** Some probes end at the first look, some later, and some take all their steps. */
const TOLERANT: SpectrumRequestInput = { ...ALL_STEPS, tolerance: 0.007 };

/** The files of a run with the tolerance that nothing disturbed, and of one that took all steps. */
let settled: Record<string, string>;
let allSteps: Record<string, string>;

const coefficientsIn = (files: Record<string, string>): LanczosFile[] =>
  Object.entries(files)
    .filter(([name]) => name.startsWith('lanczos'))
    .map(([, text]) => JSON.parse(text) as LanczosFile);

function spectraIn(files: Record<string, string>): SpectrumRecord[] {
  const { blocks, full } = JSON.parse(files['spectra.json']!) as SpectraFile;
  return [...blocks, full!];
}

const products = (files: readonly LanczosFile[]) => files.reduce((sum, { alphas }) => sum + alphas.length, 0);

beforeAll(async () => {
  settled = await measureFiles(TOLERANT);
  allSteps = await measureFiles(ALL_STEPS);
}, 60_000);

describe('a run with a tolerance', () => {
  test('takes fewer steps, the same as far as it goes', () => {
    const [early, late] = [coefficientsIn(settled), coefficientsIn(allSteps)];
    expect(new Set(early.map(({ finished }) => finished))).toEqual(new Set(['settled', 'steps']));
    expect(new Set(early.map(({ alphas }) => alphas.length)).size).toBeGreaterThan(2);
    expect(products(early)).toBeLessThan(0.8 * products(late));
    for (const [index, { alphas, betas }] of early.entries()) {
      expect(alphas).toEqual(late[index]!.alphas.slice(0, alphas.length));
      expect(betas).toEqual(late[index]!.betas.slice(0, betas.length));
    }
  });

  test('has the densities of all steps to within the tolerance, and to within the errors that it states', () => {
    const { tolerance } = TOLERANT;
    const [early, late] = [spectraIn(settled), spectraIn(allSteps)];
    expect(early.map(({ name }) => name)).toEqual(late.map(({ name }) => name));
    for (const [index, spectrum] of early.entries()) {
      const { least, largest } = nodeRange([late[index]!]);
      const distance = wassersteinOne(meanMeasure(spectrum), meanMeasure(late[index]!)) / (largest - least);
      expect(distance).toBeLessThan(tolerance!);
      expect(distance).toBeLessThanOrEqual(spectrum.convergence!.stepError!);
      expect(spectrum.convergence).toMatchObject({
        tolerance,
        steps: spectrum.probes.map(({ alphas }) => alphas.length),
      });
    }
  });

  test('says nothing of tolerance or errors when there is none', () => {
    expect(allSteps['spectra.json']).not.toContain('convergence');
    expect(coefficientsIn(allSteps).every(({ finished }) => finished === 'steps')).toBe(true);
  });

  test.each([
    ['rarely saved', undefined],
    ['saved after each step', EVERY_STEP],
  ])('gives the same bytes after kills and a stop, %s', async (_, saveEvery) => {
    const path = join(await temporaryFolder(), 'run');
    // Before the first look, between looks when some probes of a group have ended, and in later operators.
    const moments = [50, 128, 300, 480];
    for (const [index, moment] of moments.entries())
      await breakOff(
        jobOf(TOLERANT, index === 0 ? { path } : { resume: path }, saveEvery),
        moment,
        index % 2 === 0 ? 'kill' : 'stop',
      );
    const last = await runJob(jobOf(TOLERANT, { resume: path }, saveEvery));
    if (saveEvery !== undefined) expect(noticesOf(last.events)).toEqual([]);
    expect(resultFiles(path)).toEqual(settled);
    expect((await readRun(path)).run.products).toBe(products(coefficientsIn(settled)));
    expect((await verifyRun(path)).steps.flatMap(({ findings }) => findings)).toEqual([]);
  });

  test('gives the same bytes whatever number of probes fits into memory at once', async () => {
    const request = { ...TOLERANT, microBatches: 2, steps: 50, reorthogonalize: true, blocks: 'kind:value' };
    const roomy = await runJob(jobOf(request, { path: join(await temporaryFolder(), 'roomy') }));
    const tight = await runJob(
      jobOf({ ...request, memoryMiB: 1 }, { path: join(await temporaryFolder(), 'tight') }),
    );
    const { plan } = JSON.parse(readFileSync(join(tight.outcome.path, 'run.json'), 'utf8')) as {
      plan: { text: string[] };
    };
    expect(plan.text.join()).toContain('but for');
    expect(coefficientsIn(resultFiles(tight.outcome.path)).map(({ finished }) => finished)).toContain(
      'settled',
    );
    expect(resultFiles(tight.outcome.path)).toEqual(resultFiles(roomy.outcome.path));
  });
});
