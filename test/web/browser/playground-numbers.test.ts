/** What the playground measures in Chromium, beside what the command measured on Node. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DistancesFile, RunFile, RunRecord, SpectraFile } from '../../../src/app/runs/records.ts';
import { hasChromium, inChromium, launchChromium, openPage } from './chromium.ts';
import { realRuns } from './real-runs.ts';
import { type ServedPlayground, servePlayground } from './served-playground.ts';

/** The choices of the commands in `real-runs.ts`. */
const STEPS = 8;
const CASES = [
  { id: 'gpt', address: `/?model=gpt-pico&batch=2&probes=2&steps=${STEPS}` },
  { id: 'mlp', address: `/?model=mlp&batch=8&probes=2&steps=${STEPS}` },
] as const;

/**
 * The two builds of the runtime sum float32 numbers in different orders. A sum of n terms then moves by about √n units
 * of rounding; the longest has the 784 pixels of a digit. Every Lanczos step starts from what the one before has left.
 */
const OF_A_SUM = Math.sqrt(784) * 2 ** -24;
const OF_COEFFICIENTS = STEPS * OF_A_SUM;

type Spectrum = SpectraFile['blocks'][number];

describe.skipIf(!hasChromium)(inChromium('the numbers of the playground'), () => {
  let browser: Browser;
  let served: ServedPlayground;
  let runs: string;
  beforeAll(async () => {
    runs = await realRuns();
    served = await servePlayground();
    browser = await launchChromium();
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  /** Measures in a page and takes all numbers away. */
  async function measured(address: string): Promise<RunRecord> {
    const { page, context, complaints } = await openPage(browser, served.url);
    try {
      await page.goto(address);
      await page.getByRole('button', { name: 'Measure' }).click();
      await page.getByText('Finished.').waitFor({ timeout: 110_000 });
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'All numbers as JSON' }).click(),
      ]);
      expect(complaints).toEqual([]);
      return JSON.parse(await readFile((await download.path()) as string, 'utf8')) as RunRecord;
    } finally {
      await context.close();
    }
  }

  test.each(CASES)('$id: spectra and JS0 are those of Node, to rounding', async ({ id, address }) => {
    const read = async <Kind>(file: string) =>
      JSON.parse(await readFile(join(runs, id, file), 'utf8')) as Kind;
    const run = await read<RunFile>('run.json');
    const spectra = await read<SpectraFile>('spectra.json');
    const distances = await read<DistancesFile>('distances.json');
    const here = await measured(address);

    expect(here.run.products).toBe(run.products);
    expect(Math.abs((here.run.loss as number) / (run.loss as number) - 1)).toBeLessThan(OF_A_SUM);
    const found = allOf(here.spectra as SpectraFile);
    const wanted = allOf(spectra);
    expect(found.map(({ name }) => name)).toEqual(wanted.map(({ name }) => name));
    for (const [index, spectrum] of wanted.entries()) expectSame(found[index] as Spectrum, spectrum);
    for (const [index, { definition, js0 }] of distances.definitions.entries()) {
      const other = here.distances?.definitions[index];
      expect(other?.definition).toBe(definition);
      // What rounding moves must be lost in what other probes would move.
      const moved = Math.abs((other?.js0.mean as number) - js0.mean);
      expect(moved, definition).toBeLessThan((js0.standardError as number) / 100);
    }
  });
});

function allOf({ blocks, full }: SpectraFile): readonly Spectrum[] {
  return full ? [...blocks, full] : blocks;
}

/** Nodes and coefficients move by rounding of the largest eigenvalue; a weight by that over the gap to the next node. */
function expectSame(found: Spectrum, wanted: Spectrum): void {
  expect(found.method).toBe(wanted.method);
  expect(found.dim).toBe(wanted.dim);
  for (const [index, probe] of wanted.probes.entries()) {
    const other = found.probes[index] as typeof probe;
    const where = `${wanted.name}, probe ${index}`;
    const largest = Math.max(...probe.nodes.map(Math.abs));
    for (const part of ['alphas', 'betas', 'nodes'] as const)
      expect(farthest(other[part], probe[part]) / largest, `${where}, ${part}`).toBeLessThan(OF_COEFFICIENTS);
    const sorted = [...probe.nodes].sort((a, b) => a - b);
    const gap = Math.min(...sorted.slice(1).map((node, at) => node - (sorted[at] as number))) / largest;
    // The square of an eigenvector's first entry, which moves by no more than the matrix over the gap.
    const ofWeights = wanted.method === 'exact' ? OF_A_SUM : (2 * OF_COEFFICIENTS) / gap;
    expect(farthest(other.weights, probe.weights), `${where}, weights`).toBeLessThan(ofWeights);
  }
}

function farthest(found: readonly number[], wanted: readonly number[]): number {
  expect(found.length).toBe(wanted.length);
  return Math.max(0, ...wanted.map((value, at) => Math.abs(value - (found[at] as number))));
}
