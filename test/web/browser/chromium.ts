/** The browser of the tests: a Chromium of the system, told by HESSCOPE_CHROMIUM or found at its usual place. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const PLACE = process.env.HESSCOPE_CHROMIUM ?? '/usr/bin/chromium';

/** Whether there is a browser; tests that need one are skipped where there is none. */
export const hasChromium = existsSync(PLACE);

/** A title that says why tests are skipped. */
export function inChromium(title: string): string {
  return hasChromium ? title : `${title} (skipped: no Chromium at ${PLACE}; set HESSCOPE_CHROMIUM)`;
}

/** Nothing of it reaches the network. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: PLACE, args: FLAGS });
}

const SCREENSHOTS = fileURLToPath(new URL('../../../test-output/screenshots/', import.meta.url));

/** Keeps a picture of the whole page, to be looked at. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}

/** How a page is looked at. */
export interface Look {
  readonly width: number;
  readonly height: number;
  readonly colours: 'light' | 'dark';
}

export const DESK: Look = { width: 1280, height: 900, colours: 'light' };

/** A page and what went wrong in it. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of scripts and of the console, in order. */
  readonly complaints: string[];
}

/** Opens a page of its own context: nothing of another test is remembered. */
export async function openPage(browser: Browser, url: string, look: Look = DESK): Promise<WatchedPage> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: look.width, height: look.height },
    colorScheme: look.colours,
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return { page, context, complaints };
}
