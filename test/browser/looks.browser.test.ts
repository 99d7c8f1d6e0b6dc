// Every page in both themes, from a phone to a wall: no complaint of the console, nothing cut off at the side, enough contrast.
// With DIALHOOK_SHOTS set, each is saved as a picture.
import { expect } from 'chai';
import { type Chromium, startChromium, takePicture } from '../../scripts/lab/chromium.js';
import type { Snapshot } from '../../src/call/live.js';
import { busyDay, emptyDay } from '../web/fixtures.js';
import { type Served, serve } from '../web/serve.js';
import { openAs } from './launch.js';

const SIZES = [
  [390, 844],
  [1366, 768],
  [1920, 1080],
  [3840, 2160],
] as const;
const PAGES = [
  ['sabir', '/monitor', 'busy'],
  ['sabir', '/monitor', 'empty'],
  ['lola', '/workstation', 'busy'],
  ['sabir', '/workstation', 'no-phone'],
  ['sabir', '/calls/pbx1-1.1', 'story'],
  ['admin', '/users', 'users'],
  ['admin', '/audit', 'audit'],
  ['lola', '/account', 'account'],
] as const;

/** In the page: texts whose contrast with what is behind them is below 4.5 (3 when large), as WCAG counts it. */
const PALE = `(() => {
  const parse = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => {
    const f = (v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b);
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = parse(getComputedStyle(e).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const pale = new Set();
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.nodeValue.trim() !== '');
    if (!own || !element.checkVisibility() || element.closest('.said, .zero, :disabled, kbd')) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(parse(style.color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) pale.add(element.className + ' "' + element.textContent.slice(0, 20) + '" ' + ratio.toFixed(2));
  }
  return [...pale];
})()`;

describe('the pages', function () {
  this.timeout(120_000);
  let served: Served;
  let chromium: Chromium;
  before(async () => {
    [served, chromium] = [await serve(), await startChromium()];
  });
  after(async () => {
    await chromium.close();
    await served.close();
  });

  let beat: NodeJS.Timeout | undefined;
  afterEach(() => clearInterval(beat));
  /** A snapshot that is made again and again, as the loop does: one that stands still is not live after three seconds. */
  const live = (make: (now: number) => Snapshot) => {
    const start = Date.now();
    const tick = () => {
      served.snapshot = { ...make(start), at: Date.now() };
    };
    tick();
    beat = setInterval(tick, 500);
  };

  for (const theme of ['light', 'dark'] as const) {
    for (const [login, path, scene] of PAGES) {
      it(`${path} (${scene}) looks right in the ${theme}`, async () => {
        live(scene === 'empty' ? emptyDay : busyDay);
        const opened = await openAs(chromium, served.base, login, { colorScheme: theme });
        try {
          await opened.page.goto(`${served.base}${path}`);
          for (const [width, height] of SIZES) {
            await opened.page.setViewportSize({ width, height });
            await opened.page.waitForTimeout(150);
            expect(await opened.page.evaluate('document.documentElement.scrollWidth')).to.be.at.most(width);
            await takePicture(opened.page, `${path.slice(1)}-${scene}-${width}-${theme}`);
          }
          expect(await opened.page.evaluate(PALE)).to.deep.equal([]);
          expect(opened.errors).to.deep.equal([]);
        } finally {
          await opened.close();
        }
      });
    }

    it(`the login and the errors look right in the ${theme}`, async () => {
      const { page, close } = await chromium.open({ colorScheme: theme, viewport: { width: 1366, height: 768 } });
      try {
        for (const [name, path] of [
          ['login', '/login'],
          ['404', '/nowhere'],
        ] as const) {
          await page.goto(`${served.base}${path}`);
          expect(await page.evaluate(PALE)).to.deep.equal([]);
          await takePicture(page, `${name}-${theme}`);
        }
        await page.goto(`${served.base}/login`);
        await page.fill('#login', 'lola');
        await page.fill('#password', 'not the password');
        await page.click('button.main');
        await page.waitForSelector('.notice.red');
        expect(await page.inputValue('#login')).to.equal('lola');
        expect(await page.evaluate('document.activeElement.id')).to.equal('password');
        await takePicture(page, `login-wrong-${theme}`);
      } finally {
        await close();
      }
    });
  }

  it('keep the theme that was chosen, without a flash of the other', async () => {
    live(busyDay);
    const { page, close } = await openAs(chromium, served.base, 'sabir', { colorScheme: 'light' });
    try {
      const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
      const bright = await background();
      await page.click('#who summary');
      await page.click('#theme');
      await page.click('#theme');
      expect(await page.locator('#theme-word').textContent()).to.equal('dark');
      expect(await background()).not.to.equal(bright);
      await page.reload({ waitUntil: 'commit' });
      await page.waitForSelector('body', { state: 'attached' });
      expect(await page.evaluate('document.documentElement.dataset.theme')).to.equal('dark');
    } finally {
      await close();
    }
  });
});
