/** The playground in a real browser: its numbers beside Node's, what it opens, and that nothing leaves the machine. */
import { appendFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRun } from '../../../src/app/runs/directory.ts';
import type { RunRecord } from '../../../src/app/runs/records.ts';
import { OFFERED_MODELS } from '../../../web/playground/state/models.ts';
import { compiledModule } from '../../compiled/compiled.ts';
import { overhang, seriousFindings } from './accessibility.ts';
import {
  DESK,
  hasChromium,
  inChromium,
  keepPicture,
  type Look,
  launchChromium,
  openPage,
} from './chromium.ts';
import { type ServedPlayground, servePlayground } from './served-playground.ts';

const OUTPUT_FOLDER = fileURLToPath(new URL('../../../test-output/', import.meta.url));

type Library = typeof import('../../../src/index.ts');

const { spectrum } = await compiledModule<Library>('index.ts');

const ONNX_FILE = fileURLToPath(new URL('../../fixtures/onnx/mlp_plain.torchscript.onnx', import.meta.url));

/** Of the other models the page offers. */
const SMALL = { batch: 2, probes: 1, steps: 4, seed: 3 } as const;

/** Few steps: later on, what rounding has changed grows as Ritz values converge, on Node too. */
const ASKED = {
  mlp: { model: 'mlp', batch: 4, probes: 2, steps: 6, seed: 3 },
  'gpt-pico': { model: 'gpt-pico', batch: 1, probes: 2, steps: 5, seed: 3 },
  'gpt-tiny': { model: 'gpt-tiny', ...SMALL },
  'vit-pico': { model: 'vit-pico', ...SMALL },
  'mixer-pico': { model: 'mixer-pico', ...SMALL },
  'bert-pico': { model: 'bert-pico', ...SMALL },
  'mamba-pico': { model: 'mamba-pico', ...SMALL },
  'resnet18-pico': { model: 'resnet18-pico', ...SMALL },
  'vgg16-pico': { model: 'vgg16-pico', ...SMALL },
} as const;
type Asked = keyof typeof ASKED;

/** Two float32 programs agree in products to this share (test/curvature/parity.test.ts). */
const PRODUCTS = 1e-4;
/**
 * Distances are of densities smoothed by 0.01 of the range. Nodes that move by 1e-4 of it move by a hundredth of a
 * smoothing width, by which a Gaussian changes by at most 0.8 % of its area.
 */
const DISTANCES = 0.01;

/** How each of its views is looked at. */
const LOOKS: readonly Look[] = [1280, 390, 1920].flatMap((width) =>
  (['light', 'dark'] as const).map((colours) => ({ width, height: width === 390 ? 844 : 900, colours })),
);

describe.skipIf(!hasChromium)(inChromium('the playground'), () => {
  let browser: Browser;
  let served: ServedPlayground;
  let folder: string;
  const runOf = (name: Asked) => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hesscope-node-runs-'));
    for (const name of Object.keys(ASKED) as Asked[]) await spectrum(ASKED[name], { out: runOf(name) });
    served = await servePlayground();
    browser = await launchChromium();
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A page of its own, which must end without complaints and without having asked anything of another origin. */
  async function visit(look: Look, go: (page: Page) => Promise<void>): Promise<void> {
    const { page, context, complaints } = await openPage(browser, served.url, look);
    const foreign: string[] = [];
    context.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (!['blob:', 'data:'].includes(protocol) && origin !== new URL(served.url).origin)
        foreign.push(request.url());
    });
    try {
      await go(page);
      expect(foreign).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await context.close();
    }
  }
  const address = (name: Asked) =>
    `/?${new URLSearchParams(Object.entries(ASKED[name]).map(([key, value]) => [key, String(value)]))}`;

  async function measured(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Measure' }).click();
    await page.getByText('Finished.').waitFor({ timeout: 90_000 });
  }

  async function recordOf(page: Page): Promise<RunRecord> {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'All numbers as JSON' }).click(),
    ]);
    return JSON.parse(await readFile((await download.path()) as string, 'utf8')) as RunRecord;
  }

  test('every model that the page offers is among those that are compared', () => {
    expect(OFFERED_MODELS.map(({ name }) => name).sort()).toEqual(Object.keys(ASKED).sort());
  });

  describe.each(Object.keys(ASKED) as Asked[])('%s', (name) => {
    test('has the coefficients, nodes, weights and JS0 that Node finds, to rounding', async () => {
      const node = await readRun(runOf(name));
      await visit(DESK, async (page) => {
        await page.goto(address(name));
        await measured(page);
        const here = await recordOf(page);
        expect(here.run.loss).toBeCloseTo(node.run.loss as number, 4);
        expect(here.run.products).toBe(node.run.products);
        await keepDifference(name, compareSpectra(here, node));
        for (const { definition, js0 } of node.distances?.definitions ?? []) {
          const found = here.distances?.definitions.find((other) => other.definition === definition);
          expect(Math.abs((found?.js0.mean as number) - js0.mean), definition).toBeLessThan(
            DISTANCES * js0.mean,
          );
        }
      });
    });
  });

  test('a measurement is begun and stopped by keys, and keeps what was found', async () => {
    await visit(DESK, async (page) => {
      await page.goto('/?model=gpt-pico&probes=4');
      await page.getByLabel('steps', { exact: true }).fill('60');
      await page.getByLabel('seed', { exact: true }).focus();
      for (let tabs = 0; tabs < 8; tabs++) {
        await page.keyboard.press('Tab');
        if ((await page.evaluate('document.activeElement?.textContent')) === 'Measure') break;
      }
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: /^As it settles/ }).waitFor({ timeout: 60_000 });
      await page.getByRole('progressbar').waitFor();
      await keepPicture(page, 'playground-growing-1280-light');
      await page.keyboard.press('Enter');
      await page.getByText('Stopped; what was found stays.').waitFor();
      await page.getByRole('heading', { name: /^Spectrum of|^Spectra/ }).waitFor();
      expect(new URL(page.url()).searchParams.get('steps')).toBe('60');
    });
  });

  test('the folder of a run that is dropped shows its spectra and distances', async () => {
    const { distances } = await readRun(runOf('mlp'));
    const headline = distances?.definitions.find(({ definition }) => definition === 'jsd-log');
    await visit(DESK, async (page) => {
      await page.goto('/');
      await drop(page, [runOf('mlp')]);
      await page.getByRole('heading', { name: 'Distances between blocks' }).waitFor();
      const shown = (await page.locator('.js0-list .is-headline dd').textContent()) ?? '';
      expect(Number.parseFloat(shown)).toBeCloseTo(headline?.js0.mean as number, 2);
      await page.getByRole('heading', { name: /^Least alike/ }).waitFor();
    });
  });

  test('a folder whose spectra were not recorded yet shows those of its coefficients', async () => {
    await rm(join(runOf('gpt-pico'), 'spectra.json'));
    await rm(join(runOf('gpt-pico'), 'distances.json'));
    await visit(DESK, async (page) => {
      await page.goto('/');
      await page.locator('[data-opens=folder]').setInputFiles(runOf('gpt-pico'));
      await page.getByRole('heading', { name: 'Spectrum of whole Hessian' }).waitFor();
      await page.locator('.block-map button.block:not([disabled])').first().click();
      await page.getByRole('heading', { name: 'Spectrum of wte' }).waitFor();
    });
  });

  test('a report is shown in a frame, with its script', async () => {
    await visit(DESK, async (page) => {
      await page.goto('/');
      await page.locator('[data-opens=files]').setInputFiles(join(runOf('mlp'), 'report.html'));
      const frame = page.frameLocator('.report iframe');
      await frame.getByText('mlp').first().waitFor();
      // The report's own script has put sorting to its tables.
      await frame.locator('table.sortable th button').first().click();
      await expect.poll(() => frame.locator('th[aria-sort]').count()).toBeGreaterThan(0);
      await keepPicture(page, 'playground-report-1280-light');
    });
  });

  test('a page that is opened as a report reaches neither the playground nor the network', async () => {
    let arrived = 0;
    const outside = createServer((_request, response) => {
      arrived += 1;
      response.setHeader('access-control-allow-origin', '*').end();
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    const there = `http://127.0.0.1:${(outside.address() as AddressInfo).port}/`;
    const hostile = `<p id="said"></p><a href="${there}away">away</a><img src="${there}x.png" alt=""><script>
      const said = document.getElementById('said');
      try { said.append(parent.document.title); } catch { said.append('[no page]'); }
      Promise.allSettled([fetch('${there}'), fetch('./data/moby-dick.txt')]).then((tried) => {
        said.append(tried.every(({ status }) => status === 'rejected') ? '[no network]' : 'network');
      });
    </script>`;
    const { page, context } = await openPage(browser, served.url);
    try {
      await page.goto('/');
      await page
        .locator('[data-opens=files]')
        .setInputFiles({ name: 'report.html', mimeType: 'text/html', buffer: Buffer.from(hostile) });
      const blocked = page.waitForEvent('console', (message) => message.text().includes('frame-src'));
      const frame = page.frameLocator('.report iframe');
      await frame.getByText('[no page][no network]').waitFor();
      await frame.getByRole('link').click();
      await blocked;
      expect(arrived).toBe(0);
    } finally {
      await context.close();
      await new Promise((resolve) => outside.close(resolve));
    }
  });

  test('an ONNX file that is dropped is measured on inputs that are drawn', async () => {
    await visit(DESK, async (page) => {
      await page.goto('/?probes=2&steps=4&batch=4');
      await drop(page, [ONNX_FILE]);
      await page.getByText('mlp_plain.torchscript.onnx, random inputs').waitFor();
      await measured(page);
      const { run, spectra } = await recordOf(page);
      expect(run.model.name).toBe('mlp_plain.torchscript');
      expect(spectra?.blocks.length).toBeGreaterThan(1);
      expect(spectra?.full?.largest?.mean).toBeGreaterThan(0);
    });
  });

  test('what cannot be opened is said', async () => {
    await visit(DESK, async (page) => {
      await page.goto('/');
      await page
        .locator('[data-opens=files]')
        .setInputFiles({ name: 'cat.gif', mimeType: 'image/gif', buffer: Buffer.from('GIF') });
      await page.getByText(/Expected an ONNX file, .* found cat\.gif/).waitFor();
    });
  });

  test('is whole and accessible at every width, light and dark', async () => {
    await visit(DESK, async (page) => {
      const eachLook = async (name: string) => {
        for (const look of LOOKS) {
          const told = `${name}, ${look.width} pixels wide, ${look.colours}`;
          await page.setViewportSize({ width: look.width, height: look.height });
          await page.emulateMedia({ colorScheme: look.colours });
          // Charts are drawn anew in the frames after.
          await page.waitForTimeout(250);
          await keepPicture(page, `${name}-${look.width}-${look.colours}`);
          expect(await overhang(page), `nothing sticks out to the right: ${told}`).toBe(0);
          expect(await seriousFindings(page), told).toEqual([]);
        }
      };
      await page.goto('/');
      await page.getByRole('button', { name: 'Measure' }).waitFor();
      await eachLook('playground-first');
      await page.locator('[data-opens=folder]').setInputFiles(runOf('mlp'));
      await page.getByRole('heading', { name: /^Least alike/ }).waitFor();
      await page.getByText('About this run').waitFor();
      await eachLook('playground-run');
    });
  });
});

/**
 * Compares coefficients, nodes and weights of live blocks, in units of each block's range.
 *
 * @returns the largest difference of each.
 */
function compareSpectra(here: RunRecord, node: RunRecord): Record<string, number> {
  const largest: Record<string, number> = {};
  const own = [...(here.spectra?.blocks ?? []), ...(here.spectra?.full ? [here.spectra.full] : [])];
  const expected = [...(node.spectra?.blocks ?? []), ...(node.spectra?.full ? [node.spectra.full] : [])];
  expect(own.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
  for (const [index, { name, probes, isZero, method }] of expected.entries()) {
    const found = own[index];
    expect([found?.isZero, found?.method], name).toEqual([isZero, method]);
    // Of a zero block there is nothing but rounding.
    if (isZero) continue;
    const range = Math.max(...probes.flatMap(({ nodes }) => nodes.map(Math.abs)));
    for (const [probe, { alphas, betas, nodes, weights }] of probes.entries()) {
      const other = found?.probes[probe];
      const close = (
        what: string,
        values: readonly number[],
        others: readonly number[] = [],
        unit = range,
        growth: (step: number) => number = () => 1,
      ) => {
        expect(others.length, `${name} ${what}`).toBe(values.length);
        for (const [at, value] of values.entries()) {
          const difference = Math.abs((others[at] as number) - value) / unit / growth(at);
          largest[what] = Math.max(largest[what] ?? 0, difference);
          expect(difference, `${name} ${what} ${at}`).toBeLessThan(PRODUCTS);
        }
      };
      // A Lanczos vector is divided by its beta, and with it what rounding has left: in a block of few ranks by very little.
      const growth = (step: number) => Math.max(1, range / Math.min(range, ...betas.slice(0, step)));
      close('alphas', alphas, other?.alphas, range, growth);
      close('betas', betas, other?.betas, range, growth);
      close('nodes', nodes, other?.nodes);
      close('weights', weights, other?.weights, 1);
    }
  }
  return largest;
}

/** Keeps the largest differences of a model as test output. */
async function keepDifference(model: string, largest: Record<string, number>): Promise<void> {
  const path = join(OUTPUT_FOLDER, 'playground-differences.jsonl');
  await mkdir(OUTPUT_FOLDER, { recursive: true });
  await appendFile(path, `${JSON.stringify({ model, ...largest })}\n`);
}

/** Drops files or folders of this machine onto the page, as a hand would. */
async function drop(page: Page, files: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 200, y: 100, data });
  await session.detach();
}
