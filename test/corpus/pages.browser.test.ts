// The corpus in a real browser: every text of a page is hostile, and the page is parsed as browsers do it.
import { expect } from 'chai';
import { type Chromium, startChromium } from '../../scripts/lab/chromium.js';
import type { Snapshot } from '../../src/call/live.js';
import { signIn } from '../browser/launch.js';
import { busyDay } from '../web/fixtures.js';
import { type Served, serve } from '../web/serve.js';
import { CORPUS } from './corpus.js';

const PAGES = ['/monitor', '/workstation', '/users', '/audit', '/account', '/calls/pbx1-1.1'];

/** In the page: what it is made of, and what runs. */
const ANATOMY = `({
  hacked: window.hacked ?? 0,
  tags: [...new Set([...document.querySelectorAll('*')].map((one) => one.localName))].sort(),
  scripts: document.scripts.length,
  handlers: [...document.querySelectorAll('*')].flatMap((one) => [...one.attributes].map((a) => a.name)).filter((n) => n.startsWith('on')),
  links: [...document.links].map((one) => one.href).filter((one) => !one.startsWith(location.origin + '/')),
  wide: document.documentElement.scrollWidth > innerWidth,
})`;
interface Anatomy {
  hacked: number;
  tags: string[];
  scripts: number;
  handlers: string[];
  links: string[];
  wide: boolean;
}

/** A busy day in which each text is one of the corpus, in turn. */
function poisoned(): Snapshot {
  const texts = CORPUS.map((one) => one.text).filter((text) => text.trim() !== '');
  const keep = new Set(['state', 'direction', 'source', 'call', 'operator', 'queue']);
  let turn = 0;
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return keep.has(key) || value === '' ? value : texts[turn++ % texts.length];
    if (Array.isArray(value)) return value.map((one) => walk(one, key));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, name)]));
  };
  const day = busyDay(Date.now());
  return { ...(walk(day, '') as Snapshot), at: Date.now() };
}

describe('hostile text in a browser', function () {
  this.timeout(120_000);
  let served: Served;
  let chromium: Chromium;
  before(async () => {
    served = await serve();
    chromium = await startChromium();
  });
  after(async () => {
    await chromium?.close();
    await served?.close();
  });

  it('runs nothing, adds no element, leads nowhere, and stays within the page', async () => {
    const opened = await chromium.open({ viewport: { width: 1366, height: 768 } });
    const { page } = opened;
    await signIn(page, served.base, 'admin');
    const look = async (path: string) => {
      await page.goto(`${served.base}${path}`);
      return (await page.evaluate(ANATOMY)) as Anatomy;
    };
    const plain = new Map<string, Anatomy>();
    for (const path of PAGES) plain.set(path, await look(path));
    served.snapshot = poisoned();
    for (const [i, row] of served.stores.rows.users.entries()) row.name = CORPUS[i]?.text ?? '';
    for (const { text } of CORPUS) {
      const line = { at: Date.now(), userId: 1, login: text, kind: 'click' as const, target: text, detail: text };
      await served.stores.audit.note({ ...line, address: text });
    }
    const allowed = new Set([...plain.values()].flatMap((one) => one.tags));
    for (const path of PAGES) {
      const seen = await look(path);
      expect(seen.hacked, path).to.equal(0);
      expect(
        seen.tags.filter((tag) => !allowed.has(tag)),
        path,
      ).to.deep.equal([]);
      expect(seen.scripts, path).to.equal(plain.get(path)?.scripts);
      expect([seen.handlers, seen.links], path).to.deep.equal([[], []]);
      expect(seen.wide, `${path} is wider than the window`).to.equal(false);
    }
    expect(opened.errors, 'the console').to.deep.equal([]);
    await page.context().close();
  });

  it('comes in by the refresh too, and is morphed in as text', async () => {
    served.snapshot = busyDay(Date.now());
    const opened = await chromium.open({ viewport: { width: 1366, height: 768 } });
    const { page } = opened;
    await signIn(page, served.base, 'admin');
    await page.goto(`${served.base}/monitor`);
    const before = (await page.evaluate(ANATOMY)) as Anatomy;
    served.snapshot = poisoned();
    await page.getByText('<script>window.hacked=1</script>').first().waitFor({ timeout: 20_000 });
    const after = (await page.evaluate(ANATOMY)) as Anatomy;
    expect([after.hacked, after.scripts, after.handlers]).to.deep.equal([0, before.scripts, []]);
    expect(after.tags.filter((tag) => /script|iframe|img|object|embed|style/.test(tag))).to.deep.equal(
      before.tags.filter((tag) => /script|iframe|img|object|embed|style/.test(tag)),
    );
    expect(opened.errors, 'the console').to.deep.equal([]);
    await page.context().close();
  });
});
