/** Every view at every width, light and dark: whole, accessible, and kept as a picture to be looked at. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { overhang, seriousFindings } from './accessibility.ts';
import { hasChromium, inChromium, type Look, launchChromium, openPage } from './chromium.ts';
import { type ServedPage, servePage } from './served-page.ts';
import { VIEWS } from './views.ts';

const SCREENSHOTS = fileURLToPath(new URL('../../../test-output/screenshots/', import.meta.url));

const LOOKS: readonly Look[] = [390, 1280, 1920].flatMap((width) =>
  (['light', 'dark'] as const).map((colours) => ({ width, height: width === 390 ? 844 : 900, colours })),
);

describe.skipIf(!hasChromium)(inChromium('the looks of every view'), () => {
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

  describe.each(LOOKS)('$width pixels wide, $colours', (look) => {
    test.each(VIEWS)('$name', async ({ name, address, shows }) => {
      const { page, context, complaints } = await openPage(browser, served.url, look);
      try {
        await page.goto(address);
        await page.getByText(shows).first().waitFor();
        // Charts are drawn, and pictures loaded, in the frames after.
        await page.waitForLoadState('load');
        await page.waitForTimeout(250);
        await page.screenshot({
          path: join(SCREENSHOTS, `${name}-${look.width}-${look.colours}.png`),
          fullPage: true,
        });
        expect(await overhang(page), 'nothing sticks out to the right').toBe(0);
        expect(await seriousFindings(page)).toEqual([]);
        expect(complaints).toEqual([]);
      } finally {
        await context.close();
      }
    });
  });
});
