/** Every view at every width, light and dark: whole, accessible, and kept as a picture to be looked at. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { overhang, seriousFindings } from './accessibility.ts';
import { hasChromium, inChromium, keepPicture, type Look, launchChromium, openPage } from './chromium.ts';
import { type ServedPage, servePage } from './served-page.ts';
import { VIEWS } from './views.ts';

/** How each view is looked at. */
const LOOKS: readonly Look[] = [1280, 390, 1920].flatMap((width) =>
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

  test.each(VIEWS)('$name', async ({ name, address, shows }) => {
    const { page, context, complaints } = await openPage(browser, served.url);
    try {
      await page.goto(address);
      await page.getByText(shows).first().waitFor();
      await page.waitForLoadState('load');
      for (const look of LOOKS) {
        const told = `${look.width} pixels wide, ${look.colours}`;
        await page.setViewportSize({ width: look.width, height: look.height });
        await page.emulateMedia({ colorScheme: look.colours });
        // Charts are drawn anew in the frames after.
        await page.waitForTimeout(250);
        await keepPicture(page, `${name}-${look.width}-${look.colours}`);
        expect(await overhang(page), `nothing sticks out to the right, ${told}`).toBe(0);
        expect(await seriousFindings(page), told).toEqual([]);
      }
      expect(complaints).toEqual([]);
    } finally {
      await context.close();
    }
  });
});
