/** Every view at every width, light and dark: whole, accessible, and kept as a picture to be looked at. */
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, inChromium, launchChromium, openPage } from './chromium.ts';
import { expectNothingSticksOut, LOOKS, SCREENSHOTS, seriousFindings } from './looks.ts';
import { type ServedPage, servePage } from './served-page.ts';
import { VIEWS } from './views.ts';

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
        await expectNothingSticksOut(page);
        expect(await seriousFindings(page)).toEqual([]);
        expect(complaints).toEqual([]);
      } finally {
        await context.close();
      }
    });
  });
});
