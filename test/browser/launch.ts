// What the browser tests share: a page that is signed in, and questions asked inside it.
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Chromium, OpenPage } from '../../scripts/lab/chromium.js';
import { PASSWORD } from '../web/fake.js';

/** Signs in by the form, as a person does. */
export async function signIn(page: Page, base: string, login: string): Promise<void> {
  await page.goto(`${base}/login`);
  await page.fill('#login', login);
  await page.fill('#password', PASSWORD);
  await page.click('button.main');
  await page.waitForURL((url) => !url.pathname.startsWith('/login'));
}

/** A page of its own, signed in, whose data is live. */
export async function openAs(
  chromium: Chromium,
  base: string,
  login: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const opened = await chromium.open({ viewport: { width: 1920, height: 1080 }, ...options });
  await signIn(opened.page, base, login);
  await opened.page.waitForSelector('#fresh[data-level="live"]');
  return opened;
}

/**
 * Waits until an expression is true inside the page. It travels as a string and is asked again and again from here:
 * the page's policy forbids scripts to evaluate anything, and that is as it should be.
 */
export async function until(page: Page, expression: string, ms: number = 20_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await page.evaluate(expression))) {
    if (Date.now() > end) throw new Error(`not true within ${ms} ms: ${expression}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** In the page: notes every change inside an element, running times apart, in `seen`. */
export const watch = (selector: string): string => `
  window.seen = [];
  new MutationObserver((records) => {
    for (const { type, target } of records) {
      const element = target instanceof Element ? target : target.parentElement;
      const marked = element === document.querySelector('${selector}') && type === 'attributes';
      if (!marked && !element?.matches('[data-since], [data-until]')) seen.push(type + ' ' + element?.outerHTML.slice(0, 80));
    }
  }).observe(document.querySelector('${selector}'), { subtree: true, childList: true, attributes: true, characterData: true });
`;
