// A real Chromium for the tests, and pages that remember everything the console complained about.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const PROGRAM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
/** No sandbox inside a container, and no connection to anybody but the server under test. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Screen {
  width: number;
  height: number;
  theme: 'light' | 'dark';
}

export interface Browser {
  context: BrowserContext;
  /** A new page; `complaints` fills with console errors, page errors and broken policies. */
  open(): Promise<{ page: Page; complaints: string[] }>;
  close(): Promise<void>;
}

export async function launch(screen: Screen = { width: 1920, height: 1080, theme: 'light' }): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'dialhook-chromium-'));
  const { width, height, theme } = screen;
  const context = await chromium.launchPersistentContext(profile, {
    ...{ executablePath: PROGRAM, headless: true, args: FLAGS, colorScheme: theme, viewport: { width, height } },
  });
  return {
    context,
    async open() {
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      return { page, complaints };
    },
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** Signs in by the form, as a person does. */
export async function signIn(page: Page, base: string, login: string, password: string): Promise<void> {
  await page.goto(`${base}/login`);
  await page.fill('#login', login);
  await page.fill('#password', password);
  await page.click('button.main');
  await page.waitForURL((url) => !url.pathname.startsWith('/login'));
}
