/** The playground in Chromium: what is dropped on it is opened, and at every width it is whole and accessible. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DistancesFile } from '../../../src/app/runs/records.ts';
import { DESK, hasChromium, inChromium, type Look, launchChromium, openPage } from './chromium.ts';
import { expectNothingSticksOut, LOOKS, SCREENSHOTS, seriousFindings } from './looks.ts';
import { realRuns } from './real-runs.ts';
import { type ServedPlayground, servePlayground } from './served-playground.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/onnx/${name}`, import.meta.url));

describe.skipIf(!hasChromium)(inChromium('what is dropped on the playground, and its looks'), () => {
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
  async function inPage(go: (page: Page) => Promise<void>, look: Look = DESK): Promise<void> {
    const { page, context, complaints } = await openPage(browser, served.url, look);
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

  test('what cannot be opened is named, with what could', () =>
    inPage(async (page) => {
      await page.goto('/');
      await drop(page, [join(runs, 'gpt', 'hashes.jsonl')]);
      const alert = await page.getByRole('alert').textContent();
      expect(alert).toContain('Expected an ONNX file');
      expect(alert).toContain('hashes.jsonl');
    }));

  test('a measurement is stopped by keys alone, and what was found stays', () =>
    inPage(async (page) => {
      await page.goto('/?model=mlp&batch=4&probes=20&steps=200');
      await page.getByRole('button', { name: 'Measure' }).focus();
      await page.keyboard.press('Enter');
      await page.locator('.block-map').waitFor();
      await page.getByText(/products, .* a second/).waitFor();
      await page.getByRole('button', { name: 'Stop' }).focus();
      await page.keyboard.press('Enter');
      await page.getByText('Stopped; what was found stays.').waitFor();
      await page.locator('.status-interrupted').waitFor();
    }));

  describe.each(LOOKS)('$width pixels wide, $colours', (look) => {
    const picture = (name: string) =>
      join(SCREENSHOTS, `playground-${name}-${look.width}-${look.colours}.png`);
    const looksWell = async (page: Page, name: string) => {
      // Charts are drawn in the frames after.
      await page.waitForTimeout(250);
      await page.screenshot({ path: picture(name), fullPage: true });
      await expectNothingSticksOut(page);
      expect(await seriousFindings(page)).toEqual([]);
    };

    test('the first view, a run, and files of one’s own', () =>
      inPage(async (page) => {
        await page.goto('/');
        await page.getByRole('button', { name: 'Measure' }).waitFor();
        await looksWell(page, 'start');
        await drop(page, [join(runs, 'gpt')]);
        await page.getByText('Distances between blocks').waitFor();
        await page.locator('.block-map button.block').first().click();
        await looksWell(page, 'run');
        await page.goto('/');
        await drop(page, [fixture('mlp_plain.torchscript.onnx')]);
        await page.getByText('random inputs').waitFor();
        await drop(page, [join(runs, 'gpt', 'report.html')]);
        await page.frameLocator('iframe').getByRole('heading').first().waitFor();
        await looksWell(page, 'opened');
      }, look));
  });
});

/** Drops files or folders of this machine onto the page, as a hand would. */
async function drop(page: Page, files: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 200, y: 100, data });
  await session.detach();
}
