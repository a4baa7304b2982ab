/** Times of frames and of views, taken in the page. */

import type { Browser, Locator, Page } from 'playwright-core';
import { median, quantile } from 'simple-statistics';
import type { FrameRow, ViewRow } from './results.ts';

/** Notes the time of every frame while it is there. */
const WATCH_FRAMES = `
  window.frameTimes = [];
  window.isWatchingFrames = true;
  const note = (time) => {
    window.frameTimes.push(time);
    if (window.isWatchingFrames) requestAnimationFrame(note);
  };
  requestAnimationFrame(note);
`;

/** Moves of the mouse in one gesture. */
const MOVES = 120;

/** Times between the frames while something is done. */
export async function framesWhile(page: Page, name: string, act: () => Promise<void>): Promise<FrameRow> {
  await page.waitForTimeout(300);
  await page.evaluate(WATCH_FRAMES);
  await act();
  const times = (await page.evaluate('window.isWatchingFrames = false, window.frameTimes')) as number[];
  const between = times.slice(1).map((time, index) => time - (times[index] as number));
  return {
    name,
    frames: between.length,
    medianMs: median(between),
    percentile95Ms: quantile(between, 0.95),
  };
}

async function boxOf(target: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  await target.scrollIntoViewIfNeeded();
  const box = await target.boundingBox();
  if (!box) throw new Error('expected something to be seen, found nothing');
  return box;
}

/** Drags across an element, from one share of its width to another and back. */
export async function drag(page: Page, target: Locator, from: number, to: number): Promise<void> {
  const { x, y, width, height } = await boxOf(target);
  const at = (share: number) => x + share * width;
  await page.mouse.move(at(from), y + height / 2);
  await page.mouse.down();
  await page.mouse.move(at(to), y + height / 2, { steps: MOVES });
  await page.mouse.move(at(from), y + height / 2, { steps: MOVES });
  await page.mouse.up();
}

/** Comes nearer by the wheel, and goes back. */
export async function wheel(page: Page, target: Locator): Promise<void> {
  const { x, y, width, height } = await boxOf(target);
  await page.mouse.move(x + 0.6 * width, y + 0.4 * height);
  await page.keyboard.down('Control');
  for (let turn = 0; turn < MOVES; turn++) await page.mouse.wheel(0, turn < MOVES / 2 ? -24 : 24);
  await page.keyboard.up('Control');
}

/** Comes nearer by keys, moves along and goes back. */
export async function zoomByKeys(page: Page, target: Locator): Promise<void> {
  await target.focus();
  const keys = [...Array(6).fill('+'), ...Array(MOVES / 2).fill('ArrowRight'), ...Array(6).fill('-')];
  for (const key of keys) await page.keyboard.press(key as string);
}

/** Notes when an element has been drawn, in milliseconds from the start of the navigation. */
function watchFor(selector: string): string {
  return `
    new MutationObserver((_, observer) => {
      if (!document.querySelector(${JSON.stringify(selector)})) return;
      observer.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => { window.viewDrawnMs = performance.now(); }));
    }).observe(document, { childList: true, subtree: true });
  `;
}

/** Asks until the view has been drawn; the page's policy lets nothing wait in it that was handed over as text. */
async function drawnMs(page: Page): Promise<number> {
  for (;;) {
    const time = (await page.evaluate('window.viewDrawnMs ?? null')) as number | null;
    if (time !== null) return time;
    await page.waitForTimeout(50);
  }
}

/**
 * How long a view takes in a browser that has nothing of the page yet.
 *
 * @param selector of what is drawn last.
 */
export async function timeOfView(
  browser: Browser,
  name: string,
  address: string,
  selector: string,
  repeats: number,
): Promise<ViewRow> {
  const times: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    await page.addInitScript(watchFor(selector));
    await page.goto(address);
    times.push(await drawnMs(page));
    await context.close();
  }
  return { name, medianMs: median(times) };
}
