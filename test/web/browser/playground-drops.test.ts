/** Files and folders of the machine dropped on the playground, as a hand drops them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DistancesFile } from '../../../src/app/runs/records.ts';
import { hasChromium, inChromium, launchChromium, openPage } from './chromium.ts';
import { realRuns } from './real-runs.ts';
import { type ServedPlayground, servePlayground } from './served-playground.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/onnx/${name}`, import.meta.url));

describe.skipIf(!hasChromium)(inChromium('what is dropped on the playground'), () => {
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

  /** Does something in a page of its own, which must end without complaints and without a request to elsewhere. */
  async function inPage(go: (page: Page) => Promise<void>): Promise<void> {
    const { page, context, complaints } = await openPage(browser, served.url);
    const foreign: string[] = [];
    context.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol.startsWith('http') && `${origin}/` !== served.url) foreign.push(request.url());
    });
    try {
      await go(page);
      expect(complaints).toEqual([]);
      expect(foreign).toEqual([]);
    } finally {
      await context.close();
    }
  }

  test('an ONNX file that is dropped is measured with its own weights', () =>
    inPage(async (page) => {
      await page.goto('/?batch=4&probes=2&steps=4');
      await drop(page, [fixture('mlp_plain.torchscript.onnx')]);
      await page.getByText('mlp_plain.torchscript.onnx, random inputs').waitFor();
      await page.getByRole('button', { name: 'Measure' }).click();
      await page.getByText('Finished.').waitFor();
      await page
        .getByText(/random inputs and targets drawn with seed 0/)
        .first()
        .waitFor();
      expect(await page.locator('.block-map button.block').count()).toBeGreaterThan(1);
    }));

  test('the folder of a run that is dropped shows its blocks and the JS0 that is recorded', () =>
    inPage(async (page) => {
      await page.goto('/');
      await drop(page, [join(runs, 'gpt')]);
      await page.getByText('Distances between blocks').waitFor();
      const { definitions } = JSON.parse(
        await readFile(join(runs, 'gpt', 'distances.json'), 'utf8'),
      ) as DistancesFile;
      const js0 = definitions.find(({ definition }) => definition === 'jsd-log')?.js0.mean as number;
      await page.getByText(js0.toPrecision(3)).first().waitFor();
      expect(await page.locator('.block-table tbody tr').count()).toBe(
        (JSON.parse(await readFile(join(runs, 'gpt', 'blocks.json'), 'utf8')) as { blocks: unknown[] }).blocks
          .length,
      );
    }));

  test('a report that is dropped is shown in a frame that reaches nothing', () =>
    inPage(async (page) => {
      await page.goto('/');
      await drop(page, [join(runs, 'gpt', 'report.html')]);
      const frame = page.frameLocator('iframe[title="report.html"]');
      await frame.getByRole('heading').first().waitFor();
      expect(await page.locator('iframe').getAttribute('sandbox')).toBe('allow-scripts');
      await page.getByRole('button', { name: 'Close' }).click();
      expect(await page.locator('iframe').count()).toBe(0);
    }));
});

/** Drops files or folders of this machine onto the page, as a hand would. */
async function drop(page: Page, files: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 200, y: 100, data });
  await session.detach();
}
