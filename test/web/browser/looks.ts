/** The widths and colours at which pages are looked at, and what is asked of each. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Look } from './chromium.ts';

/** Where pictures of the pages are left. */
export const SCREENSHOTS = fileURLToPath(new URL('../../../test-output/screenshots/', import.meta.url));
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export const LOOKS: readonly Look[] = [390, 1280, 1920].flatMap((width) =>
  (['light', 'dark'] as const).map((colours) => ({ width, height: width === 390 ? 844 : 900, colours })),
);

/** What axe finds that is serious or worse. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(AXE, 'utf8'));
  const results = (await page.evaluate('axe.run(document)')) as AxeResults;
  // A page that axe could not look at would have no findings either.
  expect(results.passes.length).toBeGreaterThan(10);
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

/** A page is scrolled down, never sideways. */
export async function expectNothingSticksOut(page: Page): Promise<void> {
  const [inner, outer] = (await page.evaluate(
    '[document.documentElement.scrollWidth, window.innerWidth]',
  )) as [number, number];
  expect(inner, 'nothing sticks out to the right').toBeLessThanOrEqual(outer);
}
