// The workstation in a real Chromium.
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { type Chromium, type OpenPage, startChromium } from '../../scripts/lab/chromium.js';
import type { OperatorNow, Snapshot } from '../../src/call/live.js';
import { busyDay } from '../web/fixtures.js';
import { type Served, serve } from '../web/serve.js';
import { until as happens } from '../web/until.js';
import { openAs, until, watch } from './launch.js';

describe('the workstation in a browser', function () {
  this.timeout(120_000);
  let served: Served;
  let chromium: Chromium;
  let opened: OpenPage;
  let page: Page;
  let beat: NodeJS.Timeout;
  let change: Partial<OperatorNow>;
  const start = Date.now();

  /** The busy day, with Lola (112) as the test wants her. */
  function day(): Snapshot {
    const made = busyDay(start);
    const lola = made.operators.find((one) => one.operator === '112');
    if (lola) Object.assign(lola, change);
    return { ...made, at: Date.now() };
  }
  const free: Partial<OperatorNow> = {
    call: '',
    channel: '',
    queue: '',
    party: '',
    partyName: '',
    partyVip: false,
    direction: '',
  };

  before(async () => {
    chromium = await startChromium();
  });
  after(() => chromium.close());
  beforeEach(async () => {
    served = await serve();
    change = { state: 'ready', since: start, ...free };
    served.snapshot = day();
    beat = setInterval(() => {
      served.snapshot = day();
    }, 300);
    opened = await openAs(chromium, served.base, 'lola', { viewport: { width: 1366, height: 768 } });
    page = opened.page;
  });
  afterEach(async () => {
    clearInterval(beat);
    await opened.close();
    await served.close();
  });

  const rings: Partial<OperatorNow> = {
    ...{
      state: 'ringing',
      call: 'pbx1-1.1',
      channel: 'PJSIP/112-1',
      queue: 'support',
      party: '5550107',
      direction: 'in',
    },
    ...{ partyName: '', partyVip: false },
  };

  it('shows who calls before the phone is answered, and says it', async () => {
    await until(page, `document.title === 'Ready · Dialhook'`);
    change = { ...rings, since: Date.now() };
    await page.waitForSelector('.card.ringing-edge');
    const card = await page.locator('#card').textContent();
    expect(card).to.include('Orion LLC').and.include('VIP').and.include('555-0107').and.include('Support');
    expect(await page.title()).to.equal('Ringing: Orion LLC · Dialhook');
    expect(await page.locator('#said').textContent()).to.equal('Ringing: Orion LLC');
    change = { state: 'ready', since: Date.now(), ...free };
    await page.waitForSelector('.card.none');
    expect(await page.title()).to.equal('Ready · Dialhook');
    expect(opened.errors).to.deep.equal([]);
  });

  it('never touches what is typed, whatever happens beside it', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('+998 00 12');
    change = { ...rings, since: Date.now() };
    await page.waitForSelector('.card.ringing-edge');
    await page.keyboard.type('3 14');
    expect(await page.inputValue('#call')).to.equal('+998 00 123 14');
    expect(await page.evaluate('document.activeElement.id')).to.equal('call');
  });

  it('touches nothing while nothing changes', async () => {
    await page.waitForResponse((answer) => answer.url().endsWith('/workstation/live') && answer.status() === 304);
    await page.evaluate(watch('#mine'));
    await page.waitForTimeout(2_500);
    expect(await page.evaluate('window.seen')).to.deep.equal([]);
  });

  it('calls a number: sent, then confirmed, and never done before', async () => {
    served.clickState = { click: 'pbx1-click-1', state: 'sent', text: '' };
    await page.fill('#call', '555-0199');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#feedback.sent');
    await until(page, `document.querySelector('#feedback').textContent.includes('sent, waiting for the PBX')`);
    expect(served.clicks).to.deep.equal([{ verb: 'call', args: { operator: '112', to: '5550199' }, login: 'lola' }]);
    await page.waitForTimeout(1_300);
    expect(await page.locator('#feedback').getAttribute('class')).to.equal('feedback sent');
    served.clickState = { click: 'pbx1-click-1', state: 'confirmed', text: '' };
    await page.waitForSelector('#feedback.done');
    expect(await page.locator('#feedback').textContent()).to.equal('Call to 555-0199 · confirmed by the PBX');
    expect(await page.inputValue('#call')).to.equal('');
  });

  it('tells an honest failure', async () => {
    served.clickState = { click: 'pbx1-click-1', state: 'failed', text: 'Your phone did not answer.' };
    await page.locator('.recent button[data-verb="call"]').first().click();
    await page.waitForSelector('#feedback.failed');
    expect(await page.locator('#feedback').textContent()).to.include('Your phone did not answer.');
    await page.fill('#call', 'nobody');
    await page.keyboard.press('Enter');
    await until(page, `document.querySelector('#feedback').textContent.includes('no colleague is called so')`);
    expect(served.clicks).to.have.length(1);
  });

  it('finds a colleague by name and calls them', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('bek');
    // Who is called so comes before who has it somewhere in the name.
    expect(await page.locator('#suggestions li').allTextContents()).to.deep.equal([
      ...['Bekzod T. 102Talking', 'Otabek Y. 115Talking'],
    ]);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#feedback.done');
    expect(served.clicks[0]?.args).to.deep.equal({ operator: '112', to: '102' });
    expect(await page.locator('#feedback').textContent()).to.include('Call to Bekzod T.');
    expect(await page.locator('#people tr[data-operator="112"]').isVisible()).to.equal(false);
  });

  it('is worked by keys: pause with a reason, ready, hang up', async () => {
    await page.keyboard.press('p');
    expect(await page.locator('#pause-menu .sheet').isVisible()).to.equal(true);
    await page.waitForTimeout(1_400);
    expect(await page.locator('#pause-menu .sheet').isVisible(), 'a refresh leaves the menu open').to.equal(true);
    await page.keyboard.press('2');
    await until(page, `document.querySelector('#feedback').textContent.startsWith('Pause: lunch')`);
    change = { state: 'paused', reason: 'lunch', since: Date.now(), ...free };
    await page.waitForSelector('#me[data-state="paused"]');
    await page.keyboard.press('r');
    await until(page, `document.querySelector('#feedback').textContent.startsWith('Ready')`);
    change = { ...rings, state: 'talking', since: Date.now() };
    await page.waitForSelector('#hangup:not([disabled])');
    await page.keyboard.press('End');
    await until(page, `document.querySelector('#feedback').textContent.startsWith('Hang up')`);
    expect(served.clicks.map((one) => [one.verb, one.args['reason'] ?? one.args['channel'] ?? ''])).to.deep.equal([
      ...[
        ['pause', 'lunch'],
        ['unpause', ''],
        ['hangup', 'PJSIP/112-1'],
      ],
    ]);
  });

  const wraps = (left: number): Partial<OperatorNow> => ({
    ...free,
    ...{ state: 'wrap_up', queue: 'support', since: Date.now() - 24_000, until: Date.now() + left },
  });
  const LEFT = `document.querySelector('.left-now .t').textContent`;

  it('counts the wrap-up down by the server’s clock, and stops at zero', async () => {
    change = wraps(5_500);
    const { since, until: end } = change;
    await page.waitForSelector('.wrap-up');
    expect(await page.locator('#h-wrap').textContent()).to.equal('Wrap-up · Support');
    expect(await page.title()).to.equal('Wrap-up · Dialhook');
    expect(await page.locator('#said').textContent()).to.equal('Wrap-up');
    // Any of the last seconds: a busy machine shows us not every one.
    await until(page, `/^0:0[1-5]$/.test(${LEFT})`);
    const both = `(() => { const bar = document.querySelector('.left-bar'); return [${LEFT}, bar.value / bar.max] })()`;
    const [left = '', bar] = (await page.evaluate(both)) as [string, number];
    const seconds = Number(left.slice(2));
    const whole = ((end ?? 0) - (since ?? 0)) / 1000;
    expect(bar, left).to.be.within((seconds - 1.3) / whole, (seconds + 1.3) / whole);
    await until(page, `${LEFT} === '0:00'`);
    // The PBX has not said yet that it is over: it stays zero, and it stays a wrap-up.
    await page.waitForTimeout(1_300);
    expect(await page.evaluate(LEFT)).to.equal('0:00');
    expect(await page.locator('#me').getAttribute('data-state')).to.equal('wrap_up');
    change = { ...wraps(0), since: since ?? 0, until: (end ?? 0) + 60_000 };
    await until(page, `/^0:5\\d$/.test(${LEFT})`);
    expect(opened.errors).to.deep.equal([]);
  });

  it('ends a wrap-up or makes it longer, by key and by click', async () => {
    change = wraps(60_000);
    await page.waitForSelector('.wrap-up');
    await page.keyboard.press('e');
    await until(page, `document.querySelector('#feedback').textContent.startsWith('Longer wrap-up')`);
    await page.click('.wrap-up [data-verb="extend"]');
    await page.keyboard.press('d');
    await until(page, `document.querySelector('#feedback').textContent.startsWith('End wrap-up')`);
    await page.keyboard.press('r');
    await happens(() => served.clicks.length === 4, 'the fourth click');
    served.clickState = {
      click: 'pbx1-click-1',
      state: 'failed',
      text: 'There is no wrap-up to change: it was over already.',
    };
    await page.click('.wrap-up [data-verb="done"]');
    await page.waitForSelector('#feedback.failed');
    expect(await page.locator('#feedback').textContent()).to.equal(
      'End wrap-up · There is no wrap-up to change: it was over already.',
    );
    expect(served.clicks.map((one) => one.verb)).to.deep.equal(['extend', 'extend', 'done', 'done', 'done']);
    expect(served.clicks[0]?.args).to.deep.equal({ operator: '112' });
  });

  it('changes the reason of a pause; the present one is marked and not offered', async () => {
    change = { ...free, state: 'paused', reason: 'lunch', since: Date.now() };
    await page.waitForSelector('#me[data-state="paused"]');
    expect(await page.locator('#pause-menu summary').textContent()).to.include('Change reason');
    await page.keyboard.press('p');
    expect(await page.locator('#pause-menu [aria-current="true"]').getAttribute('data-reason')).to.equal('lunch');
    await page.keyboard.press('2');
    await page.keyboard.press('ArrowDown');
    expect(await page.evaluate('document.activeElement.dataset.reason')).to.equal('meeting');
    await page.keyboard.press('4');
    await until(page, `document.querySelector('#feedback').textContent.startsWith('Pause: training')`);
    expect(served.clicks.map((one) => one.args['reason'])).to.deep.equal(['training']);
  });

  it('lets single keys be switched off', async () => {
    await page.keyboard.press('?');
    await page.click('#keys-on');
    await page.keyboard.press('Escape');
    await page.keyboard.press('p');
    expect(await page.locator('#pause-menu .sheet').isVisible()).to.equal(false);
  });

  it('fits a small screen and a wall without a scrollbar to the side', async () => {
    for (const [width, height] of [
      [1366, 768],
      [1920, 1080],
      [3840, 2160],
      [1024, 768],
    ] as const) {
      await page.setViewportSize({ width, height });
      expect(await page.evaluate('document.documentElement.scrollWidth'), `${width}`).to.be.at.most(width);
    }
  });

  it('does not move when running times grow', async () => {
    const boxes = `JSON.stringify([...document.querySelectorAll('.panel, td, .state')].map((e) => { const { x, y, width } = e.getBoundingClientRect(); return [x, y, width].map(Math.round) }))`;
    const before = await page.evaluate(boxes);
    await page.waitForTimeout(3_200);
    expect(await page.evaluate(boxes)).to.equal(before);
  });
});
