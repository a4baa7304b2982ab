/** What people do in the page, step by step, on real runs. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SpectrumDetail } from '../../../src/app/server/contract/entries.ts';
import { hasChromium, inChromium, keepPicture, launchChromium, openPage } from './chromium.ts';
import { type ServedPage, servePage } from './served-page.ts';

describe.skipIf(!hasChromium)(inChromium('journeys through the dashboard'), () => {
  let browser: Browser;
  let served: ServedPage;
  beforeAll(async () => {
    served = await servePage();
    browser = await launchChromium();
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  /** A journey in a page of its own, which must end without complaints. */
  function journey(title: string, go: (page: Page) => Promise<void>): void {
    test(title, async () => {
      const { page, context, complaints } = await openPage(browser, served.url);
      try {
        await go(page);
        expect(complaints).toEqual([]);
      } finally {
        await context.close();
      }
    });
  }
  const query = (page: Page) => new URL(page.url()).searchParams;
  const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name });

  async function contentOf(download: Promise<Download>): Promise<Buffer> {
    return readFile((await (await download).path()) as string);
  }

  journey('runs are searched, and the search has an address', async (page) => {
    await page.goto('/');
    await page.getByLabel('Search').fill('coupling');
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
    expect(query(page).get('q')).toBe('coupling');
    await page.reload();
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
  });

  journey('a tag is put on a run, found by, and kept in its folder', async (page) => {
    await page.goto('/?q=mlp&kind=spectrum');
    await page.getByRole('button', { name: /^Tags of/ }).click();
    await page.getByLabel('Tags, separated by commas').fill('for the paper, small');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.tag', { hasText: 'for the paper' }).waitFor();
    await page.goto('/?tag=small');
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
  });

  journey('a run is deleted only after it was confirmed', async (page) => {
    const folder = join(served.folder, 'theory');
    await page.goto('/?kind=theory');
    await page.getByRole('button', { name: /^Delete/ }).click();
    await page.getByRole('button', { name: 'Keep it' }).click();
    expect(existsSync(folder)).toBe(true);
    await page.getByRole('button', { name: /^Delete/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No run fits this search.').waitFor();
    expect(existsSync(folder)).toBe(false);
  });

  journey('two runs that are ticked are compared', async (page) => {
    await page.goto('/?kind=spectrum&q=hessian');
    for (const id of ['gpt', 'mlp'])
      await page
        .locator('tr', { has: page.locator(`a[href="/runs/${id}"]`) })
        .getByRole('checkbox')
        .check();
    await page.getByRole('link', { name: 'Compare 2 runs' }).click();
    await heading(page, 'Compare 2 runs').waitFor();
    expect(query(page).getAll('run').sort()).toEqual(['gpt', 'mlp']);
    await page.getByLabel(/^Largest eigenvalues by block/).waitFor();
  });

  journey(
    'a block is picked by mouse, others are added by keys, and the address leads back',
    async (page) => {
      await page.goto('/runs/gpt');
      const blocks = page.locator('.block-map button.block');
      const first = blocks.first();
      await first.click();
      await heading(page, /^Spectrum of/).waitFor();
      expect(query(page).getAll('block')).toHaveLength(1);
      await first.focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Shift+Enter');
      await expect.poll(() => query(page).getAll('block').length).toBe(2);
      await page.reload();
      await expect.poll(() => page.locator('.spectrum-figure').first().locator('.legend li').count()).toBe(2);
    },
  );

  journey('the smoothing changes the curve at once, and the address when the slider rests', async (page) => {
    await page.goto('/runs/gpt');
    const slider = page.getByLabel('smoothing').first();
    await page.locator('.spectrum-figure canvas').first().waitFor();
    const picture = () =>
      page
        .locator('.spectrum-figure canvas')
        .first()
        .evaluate((node) => (node as HTMLCanvasElement).toDataURL());
    const before = await picture();
    await slider.focus();
    await page.keyboard.press('PageUp');
    await expect.poll(picture).not.toBe(before);
    await expect.poll(() => Number(query(page).get('smoothing'))).toBeGreaterThan(0.006);
  });

  journey('a cell of the heat map shows its two spectra, by keys alone', async (page) => {
    await page.goto('/runs/gpt');
    const map = page.getByRole('application', { name: /^Distances between blocks/ });
    await map.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await expect.poll(() => query(page).getAll('pair').length).toBe(2);
    await heading(page, / and /).waitFor();
  });

  journey('two fingers come nearer to the heat map', async (page) => {
    await page.goto('/runs/gpt');
    const canvas = page.locator('.heat-map canvas').first();
    await canvas.scrollIntoViewIfNeeded();
    const whole = page.getByRole('button', { name: 'whole', exact: true }).first();
    expect(await whole.isDisabled()).toBe(true);
    const box = await canvas.boundingBox();
    if (!box) throw new Error('expected a heat map, found none');
    const [x, y] = [box.x + 0.6 * box.width, box.y + 0.4 * box.height];
    const fingers = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', apart: number) =>
      fingers.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: type === 'touchEnd' ? [] : [-1, 1].map((side, id) => ({ x: x + side * apart, y, id })),
      });
    await touch('touchStart', 20);
    for (const apart of [30, 40, 50, 60]) await touch('touchMove', apart);
    await touch('touchEnd', 60);
    await expect.poll(() => whole.isDisabled()).toBe(false);
  });

  journey('the table is taken away as CSV and JSON with the numbers of the run', async (page) => {
    await page.goto('/runs/gpt');
    const table = page.locator('.block-table');
    const download = () => page.waitForEvent('download');
    const [csv] = await Promise.all([
      contentOf(download()),
      table.getByRole('button', { name: 'CSV' }).click(),
    ]);
    const [json] = await Promise.all([
      contentOf(download()),
      table.getByRole('button', { name: 'JSON' }).click(),
    ]);
    const detail = (await (await fetch(`${served.url}api/entries/gpt`)).json()) as SpectrumDetail;
    expect(JSON.parse(json.toString())).toEqual(detail.blocks);
    const lines = csv
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const [head, ...rows] = lines as [string[], ...string[][]];
    expect(rows.map((row) => row[head.indexOf('name')])).toEqual(detail.blocks.map(({ name }) => name));
    expect(rows.map((row) => Number(row[head.indexOf('largest')]))).toEqual(
      detail.blocks.map(({ largest }) => largest?.mean ?? 0),
    );
  });

  journey('figures are taken away as SVG and PNG', async (page) => {
    await page.goto('/runs/gpt');
    await page.getByText('Mean over pairs JS0').waitFor();
    for (const figure of ['The network, block by block', 'Distances between blocks']) {
      const taken = (kind: string) =>
        Promise.all([
          contentOf(page.waitForEvent('download')),
          page.getByRole('button', { name: `${figure} as ${kind}` }).click(),
        ]);
      const [svg] = await taken('SVG');
      expect(svg.toString()).toMatch(/^<svg .*<\/svg>$/s);
      expect(svg.toString()).toContain(figure);
      const [png] = await taken('PNG');
      expect([...png.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    }
  });

  journey('the slider goes through the stages of a training', async (page) => {
    await page.goto('/runs/stages');
    await heading(page, 'Whole Hessian at step 0').waitFor();
    await page.getByLabel('stage').first().focus();
    await page.keyboard.press('ArrowRight');
    await heading(page, 'Whole Hessian at step 30').waitFor();
    expect(query(page).get('stage')).toMatch(/30$/);
  });

  journey('a grid of trainings and a strip of eigenvalues are taken away too', async (page) => {
    const svgOf = async (figure: string) => {
      const [svg] = await Promise.all([
        contentOf(page.waitForEvent('download')),
        page.getByRole('button', { name: `${figure} as SVG` }).click(),
      ]);
      return svg.toString();
    };
    await page.goto('/runs/comparison');
    await expect.poll(() => page.locator('.rate-cell').count()).toBe(4);
    const words = await page.locator('.rate-cell').allTextContents();
    const grid = await svgOf('Final loss by optimizer and learning rate');
    for (const word of words) expect(grid).toContain(`>${word}<`);
    await page.goto('/compare?run=gpt&run=mlp');
    await page.getByLabel(/^Largest eigenvalues by block/).waitFor();
    const ticks = await page.locator('.block-spread line[stroke]').count();
    const strip = await svgOf('Largest eigenvalue of each block');
    expect(ticks).toBeGreaterThan(10);
    expect(strip.match(/stroke-width="1.5"/g)).toHaveLength(ticks);
  });

  journey('the grid of a comparison draws the trainings that are picked', async (page) => {
    await page.goto('/runs/comparison');
    await expect.poll(() => page.locator('.rate-cell').count()).toBe(4);
    const picked = () => page.locator('.rate-cell[aria-pressed=true]').count();
    await expect.poll(picked).toBe(2);
    await page.locator('.rate-cell[aria-pressed=false]').first().click();
    await expect.poll(picked).toBe(3);
    await expect.poll(() => page.locator('.legend li').count()).toBe(3);
  });

  journey(
    'an eigenvalue is moved to another block by keys and by dragging, and the methods answer',
    async (page) => {
      await page.goto('/quadratic?blocks=1,2;100,200');
      await page.getByText('4 variables, condition number 200').waitFor();
      await page.getByLabel(/^Eigenvalue 200/).focus();
      await page.keyboard.press('ArrowUp');
      await expect.poll(() => query(page).get('blocks')).toBe('1,2,200;100');
      const dot = await page.getByLabel(/^Eigenvalue 100/).boundingBox();
      if (!dot) throw new Error('expected an eigenvalue to drag');
      const [x, y] = [dot.x + dot.width / 2, dot.y + dot.height / 2];
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x + 60, y, { steps: 4 });
      await page.mouse.up();
      await expect.poll(() => Number(query(page).get('blocks')?.split(';')[1])).toBeGreaterThan(100);
      await page.getByText(/condition number/).waitFor();
    },
  );

  journey('dark is chosen, and remembered', async (page) => {
    await page.goto('/');
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(await ground()).toBe('rgb(255, 255, 255)');
    await page.getByLabel('Appearance').selectOption('dark');
    await expect.poll(ground).toBe('rgb(20, 24, 31)');
    await page.reload();
    await expect.poll(ground).toBe('rgb(20, 24, 31)');
  });

  journey('a run is foreseen, started, followed, stopped and resumed from the page', async (page) => {
    await page.goto('/new?model=gpt-pico');
    await page.getByLabel('probes', { exact: true }).fill('2');
    await page.getByLabel('steps', { exact: true }).fill('30');
    await page.getByLabel('batch', { exact: true }).fill('2');
    await page.getByRole('button', { name: 'Time and memory' }).click();
    await page.getByText(/^About .* of memory/).waitFor();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await page.getByText('Blocks and their probes').waitFor();
    await heading(page, /^As it settles/).waitFor();
    await page.locator('.spectrum-figure canvas').first().waitFor();
    await keepPicture(page, 'live-running-1280-light');
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('Blocks and their probes').waitFor();
    await page.getByText('Nothing is running.').waitFor();
    await page.locator('.status-finished').waitFor();
  });

  journey('an address that leads nowhere says so', async (page) => {
    await page.goto('/nowhere');
    await heading(page, 'Nothing here').waitFor();
  });
});
