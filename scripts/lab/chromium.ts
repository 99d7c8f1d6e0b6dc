// Debian's Chromium, headless, for tests of the pages: a fresh profile each time, no talk to the outside, every error of the
// page kept for the test to look at.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { removeFolder, temporaryFolder } from './leaving.js';

export const CHROMIUM = '/usr/bin/chromium';

// Without these a browser asks its maker's hosts at every start, which a closed network refuses many times a second.
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-extensions',
  '--disable-dev-shm-usage',
  '--metrics-recording-only',
  '--mute-audio',
];

export interface OpenPage {
  readonly page: Page;
  /** Errors of the console, exceptions, requests that failed or were answered with 5xx. Empty when all is well. */
  readonly errors: string[];
  close(): Promise<void>;
}

export interface Chromium {
  readonly browser: Browser;
  /** A page in a context of its own: no cookie is shared with another. `baseURL`, `colorScheme`, `viewport`, `locale` … as Playwright has them. */
  open(options?: BrowserContextOptions): Promise<OpenPage>;
  close(): Promise<void>;
}

/** Starts the browser. @throws Error that says how to install it when it is not there. */
export async function startChromium(): Promise<Chromium> {
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is not installed; "make setup" installs it`);
  const home = temporaryFolder('chromium');
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: [...QUIET, ...root],
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
    // The signals are ours (leaving.ts): the browser goes with us by its pipe.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  return {
    browser,
    open: (options = {}) => openPage(browser, options),
    async close() {
      await browser.close();
      removeFolder(home);
    },
  };
}

async function openPage(browser: Browser, options: BrowserContextOptions): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      errors.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => errors.push(`exception: ${error.message}`));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // A page that is left, or an htmx request that is replaced, gives up its own requests.
    if (reason !== 'net::ERR_ABORTED') errors.push(`request: ${request.method()} ${request.url()}: ${reason}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 500) errors.push(`response: ${response.status()} ${response.url()}`);
  });
  return { page, errors, close: () => context.close() };
}

/** Saves a picture of the page as `name`.png under DIALHOOK_SHOTS, and does nothing when that is not set. */
export async function takePicture(page: Page, name: string): Promise<void> {
  const folder = process.env['DIALHOOK_SHOTS'] ?? '';
  if (folder === '') return;
  const path = join(folder, `${name}.png`);
  await mkdir(dirname(path), { recursive: true });
  await page.screenshot({ path, fullPage: true });
}
