// The monitor in a real Chromium.
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { type Chromium, type OpenPage, startChromium } from '../../scripts/lab/chromium.js';
import { createWeb } from '../../src/web/web.js';
import { busyDay, crowdedDay, emptyDay } from '../web/fixtures.js';
import { type Served, serve } from '../web/serve.js';
import { openAs, signIn, until, watch } from './launch.js';

/** In the page: what is typed and selected in the field that has the focus. */
const FIELD = `({
  focused: document.activeElement.id === 'find', value: document.activeElement.value,
  from: document.activeElement.selectionStart, to: document.activeElement.selectionEnd,
})`;
const SELECT = `{
  const range = document.createRange();
  range.selectNodeContents(document.querySelector('.waiting-scroll tbody .num'));
  getSelection().addRange(range);
}`;
const SELECTED = 'String(getSelection())';

describe('the monitor in a browser', function () {
  this.timeout(120_000);
  let served: Served;
  let chromium: Chromium;
  let opened: OpenPage;
  let page: Page;
  /** A new snapshot each second, as the loop makes them. */
  let day = busyDay;
  let beat: NodeJS.Timeout;

  before(async () => {
    chromium = await startChromium();
  });
  after(() => chromium.close());
  beforeEach(async () => {
    served = await serve();
    const start = Date.now();
    day = () => busyDay(start);
    beat = setInterval(() => {
      served.snapshot = { ...day(start), at: Date.now() };
    }, 500);
    opened = await openAs(chromium, served.base, 'sabir');
    page = opened.page;
  });
  afterEach(async () => {
    clearInterval(beat);
    await opened.close();
    await served.close();
  });

  it('shows the centre, live, without a complaint of the console', async () => {
    expect(new URL(page.url()).pathname).to.equal('/monitor');
    expect(await page.locator('.queue').count()).to.equal(8);
    expect(await page.locator('.op').count()).to.equal(24);
    expect(await page.locator('#fresh').textContent()).to.match(/^live · \d\.\d s$/);
    expect(await page.title()).to.match(/^\(4\) Monitor/);
    await page.waitForTimeout(2_500);
    expect(opened.errors).to.deep.equal([]);
  });

  it('touches nothing while nothing changes: 304, and only running times move', async () => {
    await page.waitForResponse((answer) => answer.url().endsWith('/monitor/live') && answer.status() === 304);
    await page.evaluate(watch('#main'));
    const before = await page.locator('.op .t').first().textContent();
    const statuses: number[] = [];
    page.on('response', (answer) => answer.url().endsWith('/monitor/live') && statuses.push(answer.status()));
    await until(page, `document.querySelector('.op .t').textContent !== '${before}'`);
    await page.waitForTimeout(2_000);
    const seen = await page.evaluate<string[]>('window.seen');
    // htmx marks the element that asks; the page inside it stays as it is.
    expect(seen).to.deep.equal([]);
    expect(new Set(statuses)).to.deep.equal(new Set([304]));
  });

  it('changes only what changed: focus, selection, scroll and the search stay', async () => {
    await page.setViewportSize({ width: 1366, height: 600 });
    await page.fill('#find', 'support');
    await page.evaluate('document.querySelector("#find").setSelectionRange(2, 4)');
    await page.evaluate('window.scrollTo(0, 120)');
    await page.evaluate('window.node = document.querySelector("#o-101")');
    day = (now) => {
      const made = busyDay(now);
      const [first] = made.operators;
      if (first) Object.assign(first, { state: 'paused', reason: 'lunch', since: now, call: '' });
      return { ...made, waiting: made.waiting.slice(1) };
    };
    await page.waitForSelector('#o-101[data-state="paused"]', { state: 'attached' });
    expect(await page.evaluate('node.isConnected')).to.equal(true);
    expect(await page.evaluate('window.scrollY')).to.equal(120);
    const kept = await page.evaluate(FIELD);
    expect(kept).to.deep.equal({ focused: true, value: 'support', from: 2, to: 4 });
    expect(await page.locator('.queue:visible').count()).to.equal(1);
  });

  it('keeps a selected text through refreshes', async () => {
    await page.evaluate(SELECT);
    const selected = await page.evaluate(SELECTED);
    expect(selected).to.equal('+998 00 ••• 14 07');
    day = (now) => ({ ...busyDay(now), ticker: [{ at: now, queue: 'Sales', text: 'something new' }] });
    await until(page, `document.querySelector('.ticker').textContent.includes('something new')`);
    expect(await page.evaluate(SELECTED)).to.equal(selected);
  });

  it('turns amber after three seconds and red after ten, greys what it knows, and comes back', async () => {
    clearInterval(beat);
    const at = Date.now();
    await page.waitForSelector('#fresh[data-level="amber"]', { timeout: 20_000 });
    expect(Date.now() - at).to.be.within(2_000, 9_000);
    await page.waitForSelector('#fresh[data-level="red"]', { timeout: 30_000 });
    expect(Date.now() - at).to.be.within(9_000, 30_000);
    expect(await page.locator('.notice').textContent()).to.include('You see the values of');
    const filter = await page.evaluate('getComputedStyle(document.querySelector(".queue")).filter');
    expect(filter).to.include('grayscale');
    const first = await page.locator('.op .t').first().textContent();
    await page.waitForTimeout(1_500);
    expect(await page.locator('.op .t').first().textContent()).to.equal(first);
    beat = setInterval(() => {
      served.snapshot = { ...day(at), at: Date.now() };
    }, 500);
    await page.waitForSelector('#fresh[data-level="live"]', { timeout: 20_000 });
    expect(await page.locator('.notice').count()).to.equal(0);
  });

  it('tells a database that is down, events that wait and a PBX that is away apart', async () => {
    clearInterval(beat);
    const said = (text: string) => until(page, `document.querySelector('.notice')?.textContent.includes('${text}')`);
    Object.assign(served.status, { pbx: { up: false } });
    await said('No connection to the PBX: buttons do not work now');
    served.snapshot = { ...day(Date.now()), at: Date.now() };
    Object.assign(served.status, { journal: { lag: 340, behind: 5_000 } });
    await said('340 events are still to be entered');
    served.failingSince = Date.now();
    Object.assign(served.status, { database: { up: false }, journal: { lag: 0, behind: 0 } });
    await said('The database does not answer. Calls go on');
    Object.assign(served.status, { database: { up: true } });
    await said('The server cannot read its tables');
  });

  it('raises an alarm when the disk takes no events, and counts those that are lost until the server is started anew', async () => {
    const line = (text: string) =>
      until(page, `[...document.querySelectorAll('.notice')].some((n) => n.textContent.includes('${text}'))`);
    const trouble = (some: object) =>
      Object.assign(served.status, {
        journal: { lag: 0, behind: 0, trouble: { refused: true, kept: 0, dropped: 0, droppedAt: null, ...some } },
      });
    trouble({ kept: 12 });
    await line('12 events in memory wait for room');
    expect(await page.locator('.notice.red svg').count()).to.equal(1);
    expect(await page.locator('#alarm-said').textContent()).to.include('the disk of the server takes no events');
    Object.assign(served.status, { pbx: { up: false } });
    await line('No connection to the PBX');
    expect(await page.locator('.notice').count(), 'one does not hide the other').to.equal(2);
    Object.assign(served.status, { pbx: { up: true } });
    trouble({ refused: false, dropped: 1, droppedAt: Date.now() });
    await line('Events are missing: 1 event lost since the server was started, the last at ');
    expect(await page.locator('.notice.amber').count()).to.equal(1);
    trouble({ refused: false });
    await until(page, `document.querySelectorAll('.notice').length === 0`);
  });

  it('says that the server is gone, tries later and later, and goes on when it is back', async () => {
    const { port } = new URL(served.base);
    await served.close();
    const said = `/trying again in [2-8] s/.test(document.querySelector('.notice')?.textContent)`;
    await until(page, said, 15_000);
    expect(await page.locator('.queue').count()).to.equal(8);
    const again = createWeb(served.deps).listen(Number(port), '127.0.0.1');
    try {
      await page.waitForSelector('#fresh[data-level="live"]', { timeout: 30_000 });
    } finally {
      again.closeAllConnections();
      await new Promise((resolve) => again.close(resolve));
    }
  });

  it('asks before it hangs up, and tells what became of it', async () => {
    await page.locator('.calls-scroll button[data-verb="hangup"]').first().click();
    await page.locator('#confirm button[value="no"]').click();
    expect(served.clicks).to.deep.equal([]);
    await page.locator('.calls-scroll button[data-verb="hangup"]').first().click();
    expect(await page.locator('#confirm').textContent()).to.include('555-••63');
    await page.locator('#confirm button[value="yes"]').click();
    await page.waitForSelector('.toast.done');
    expect(await page.locator('.toast').textContent()).to.equal('Hang up · confirmed by the PBX');
    expect(served.clicks).to.have.length(1);
  });

  it('lets a supervisor look at an operator and act', async () => {
    await page.click('#o-103');
    expect(await page.locator('#operator').textContent()).to.include('Carlos M. · 103');
    await page.selectOption('#operator-reason', 'lunch');
    await page.click('#operator button[data-verb="pause"]');
    await page.waitForSelector('.toast.done');
    expect(served.clicks).to.deep.equal([
      { verb: 'pause', args: { operator: '103', reason: 'lunch' }, login: 'sabir' },
    ]);
  });

  it('is used by keyboard alone', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('gulnara');
    expect(await page.locator('.op:visible').count()).to.equal(1);
    await page.keyboard.press('Escape');
    expect(await page.locator('.op:visible').count()).to.equal(24);
    await page.keyboard.press('a');
    expect(await page.evaluate('document.activeElement.id')).to.equal('q-support');
    await page.keyboard.press('?');
    expect(await page.locator('#keys').isVisible()).to.equal(true);
    await page.keyboard.press('Escape');
    expect(await page.locator('#keys').isVisible()).to.equal(false);
  });

  it('finds a number however it is grouped', async () => {
    await page.fill('#find', '998 00 ');
    expect(await page.locator('.waiting-scroll tbody tr:visible').count()).to.equal(5);
    await page.fill('#find', 'русская');
    expect(await page.locator('.queue:visible').count()).to.equal(1);
  });

  it('says what to do when there is nothing yet', async () => {
    day = (now) => emptyDay(now);
    await page.waitForSelector('text=No queues yet');
    await page.waitForSelector('text=Nobody is waiting');
    expect(opened.errors).to.deep.equal([]);
  });

  it('leads to the story of a call, whose events unfold by keyboard', async () => {
    await page.locator('.calls-scroll a.tool').first().click();
    await page.waitForURL((url) => url.pathname.startsWith('/calls/'));
    expect(await page.locator('.told li').count()).to.equal(16);
    expect(await page.locator('.track').count()).to.equal(5);
    expect(await page.locator('.raw table').isVisible()).to.equal(false);
    await page.locator('.raw summary').focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('.raw tbody tr').count()).to.equal(25);
    expect(await page.locator('.raw table').isVisible()).to.equal(true);
    await page.goBack();
    await page.waitForSelector('#fresh[data-level="live"]');
    expect(opened.errors).to.deep.equal([]);
  });

  it('ends a wrap-up of an operator, or makes it longer', async () => {
    await page.click('#o-106');
    expect(await page.locator('#operator-state').textContent()).to.match(/^Wrap-up · 0:\d\d left$/);
    expect(await page.locator('#operator-acts button:visible').allTextContents()).to.include.members([
      'End wrap-up',
      '+1 min',
    ]);
    await page.click('#operator button[data-verb="done"]');
    await page.waitForSelector('.toast.done');
    expect(await page.locator('.toast').textContent()).to.include('End wrap-up of Farrukh J.');
    expect(served.clicks).to.deep.equal([{ verb: 'done', args: { operator: '106' }, login: 'sabir' }]);
  });

  it('holds sixty operators on one screen', async () => {
    day = (now) => crowdedDay(now, 60);
    await until(page, `document.querySelectorAll('.op').length === 60`);
    const bottom = await page.evaluate('document.querySelector(".ops").getBoundingClientRect().bottom');
    expect(bottom).to.be.at.most(1080);
  });

  it('says that the session is over, with a way back in', async () => {
    // In another tab, say.
    const _token = await page.getAttribute('meta[name="form-token"]', 'content');
    await page.request.post(`${served.base}/logout`, { form: { _token: _token ?? '' } });
    await page.waitForSelector('text=You are signed out', { timeout: 20_000 });
    expect(await page.locator('.notice a').getAttribute('href')).to.equal('/login');
    const other = await page.context().newPage();
    await signIn(other, served.base, 'sabir');
    await page.waitForSelector('#fresh[data-level="live"]', { timeout: 20_000 });
    await other.close();
  });
});
