/** First views and frames of the dashboard, in Chromium: `npm run bench:dashboard`, after `npm run build`. */
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { startDashboard } from '../../src/app/server/server.ts';
import { benchEnvironment } from '../environment.ts';
import { writeResults } from '../write-results.ts';
import { benchRuns, LARGE_RUN, LONG_TRAINING, POINTS, RUNS } from './data.ts';
import { drag, framesWhile, timeOfView, wheel, zoomByKeys } from './measure.ts';
import type { DashboardResults, FrameRow, ViewRow } from './results.ts';

const CHROMIUM = process.env.HESSCOPE_CHROMIUM ?? '/usr/bin/chromium';
const FOLDER = join(fileURLToPath(new URL('../../', import.meta.url)), 'test-output', 'bench-dashboard');
const REPEATS = 5;

await benchRuns(FOLDER);
const server = await startDashboard({
  folder: FOLDER,
  host: '127.0.0.1',
  port: 0,
  mayMove: false,
  token: null,
  onBug: (error) => console.error(error),
});
const loadBefore = loadavg()[0] as number;
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
});
try {
  const views = await firstViews(browser, server.url);
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, baseURL: server.url });
  const frames = [...(await largeRunFrames(page)), ...(await longTrainingFrames(page))];
  const results: DashboardResults = {
    environment: benchEnvironment(),
    loadBefore,
    browser: `Chromium ${browser.version()}`,
    runs: RUNS,
    blocks: await blockCount(server.url),
    points: POINTS,
    repeats: REPEATS,
    views,
    frames,
  };
  await writeResults('dashboard', results);
} finally {
  await browser.close();
  await server.close();
}

async function firstViews(on: Browser, url: string): Promise<ViewRow[]> {
  const time = (name: string, address: string, selector: string) =>
    timeOfView(on, name, `${url}${address}`, selector, REPEATS);
  return [
    await time(`the list of ${RUNS.toLocaleString('en')} runs`, '', '.entries tbody tr'),
    await time('the large run: map, spectrum and heat map', `runs/${LARGE_RUN}`, '.heat-map canvas'),
    await time('the long training', `runs/${LONG_TRAINING}`, '.chart-canvas canvas'),
  ];
}

async function blockCount(url: string): Promise<number> {
  const answer = await fetch(`${url}api/entries/${LARGE_RUN}`);
  const { blocks } = (await answer.json()) as { blocks: { isMeasured: boolean }[] };
  return blocks.filter(({ isMeasured }) => isMeasured).length;
}

async function largeRunFrames(page: Page): Promise<FrameRow[]> {
  const blocks = [0, 8, 16].flatMap((layer) =>
    ['attn.query', 'mlp.fc'].map((part) => `block=transformer.h.${layer}.${part}.weight`),
  );
  await page.goto(`/runs/${LARGE_RUN}?${blocks.join('&')}`);
  const map = page.locator('.heat-map canvas');
  const slider = page.locator('.spectrum-figure input[type=range]').first();
  await map.waitFor();
  await page.locator('.spectrum-figure .chart-canvas canvas').first().waitFor();
  return [
    await framesWhile(page, 'the heat map is zoomed by the wheel', () => wheel(page, map)),
    await framesWhile(page, 'the heat map is dragged', async () => {
      for (let step = 0; step < 4; step++) await page.getByLabel('Come nearer').click();
      await drag(page, map, 0.8, 0.3);
    }),
    await framesWhile(page, 'the smoothing of six spectra is dragged', () => drag(page, slider, 0.1, 0.9)),
  ];
}

async function longTrainingFrames(page: Page): Promise<FrameRow[]> {
  await page.goto(`/runs/${LONG_TRAINING}`);
  const chart = page.locator('.chart-canvas').first();
  const slider = page.locator('input[type=range]').first();
  await chart.locator('canvas').first().waitFor();
  const points = `the curve of ${POINTS.toLocaleString('en')} points`;
  return [
    await framesWhile(page, `${points} is smoothed by dragging the slider`, () =>
      drag(page, slider, 0.05, 0.95),
    ),
    await framesWhile(page, `${points} is zoomed by dragging`, async () => {
      for (let round = 0; round < 3; round++) await drag(page, chart, 0.3, 0.7);
    }),
    await framesWhile(page, `${points} is zoomed and moved by keys`, () => zoomByKeys(page, chart)),
  ];
}
