import { expect } from 'chai';
import { parseLine } from '../../src/call/event.js';
import { compare } from '../../src/reconcile/compare.js';
import { NOTHING_YET, reconcile, startReconcile } from '../../src/reconcile/index.js';
import { until } from '../ami/fake.js';
import { fakePbx, NOW, open } from './fake-pbx.js';

describe('reconcile', () => {
  it('reports a channel that is gone in two looks, and only that one', async () => {
    const { pbx, lines, time, deps } = await fakePbx([open('1.1'), open('1.2')]);
    pbx.channels = ['1.2', '7.7'];
    const missed = await reconcile(deps, NOTHING_YET);
    expect(lines).to.deep.equal([]);
    time.now += 60_000;
    await reconcile(deps, missed);
    expect(lines).to.have.length(1);
    const parsed = parseLine(lines[0] ?? '');
    expect(parsed.ok && parsed.event).to.deep.include({
      event: 'lost',
      id: 'pbx1-1.1-lost-0',
      at: NOW + 60_000,
      call: 'pbx1-1.1',
      pbx: 'pbx1',
      uniqueid: '1.1',
      channel: 'PJSIP/101-00000001',
      source: 'ami',
    });
  });

  it('a channel that comes back was not lost', async () => {
    const { pbx, lines, time, deps } = await fakePbx([open('1.1')]);
    let missed = await reconcile(deps, NOTHING_YET);
    for (const channels of [['1.1'], [], ['1.1']]) {
      time.now += 60_000;
      pbx.channels = channels;
      missed = await reconcile(deps, missed);
    }
    expect(lines).to.deep.equal([]);
  });

  it('found again, it is the same event', async () => {
    const { lines, time, deps } = await fakePbx([open('1.1')]);
    let missed = NOTHING_YET;
    for (let look = 0; look < 4; look++) {
      missed = await reconcile(deps, missed);
      time.now += 60_000;
    }
    const ids = lines.map((line) => new URLSearchParams(line).get('id'));
    expect(ids).to.deep.equal(['pbx1-1.1-lost-0', 'pbx1-1.1-lost-0']);
  });

  for (const [name, spoil] of [
    ['refused', { answer: false }],
    ['cancelled', { end: { EventList: 'Cancelled' } }],
    ['shorter than it says', { end: { ListItems: '5' } }],
  ] as const) {
    it(`does nothing when the list is ${name}`, async () => {
      const { pbx, lines, deps } = await fakePbx([open('1.1')]);
      Object.assign(pbx, spoil);
      const long = { ...NOTHING_YET, missed: new Map([['1.1', NOW - 120_000]]) };
      let failed = false;
      await reconcile(deps, long).catch(() => {
        failed = true;
      });
      expect([failed, lines.length]).to.deep.equal([true, 0]);
    });
  }

  it('does nothing when the list holds a channel without an id', async () => {
    const { fake, lines, deps } = await fakePbx([open('1.1')]);
    fake.script['CoreShowChannels'] = (action, session) => {
      session.answer(action, { EventList: 'start' });
      session.event('CoreShowChannel', { ActionID: action.id, Channel: 'PJSIP/101-00000001' });
      session.event('CoreShowChannelsComplete', { ActionID: action.id, EventList: 'Complete', ListItems: 1 });
    };
    const long = { ...NOTHING_YET, missed: new Map([['1.1', NOW - 120_000]]) };
    const error = await reconcile(deps, long).catch((reason: Error) => reason.message);
    expect([error, lines.length]).to.deep.equal(['CoreShowChannels gave a channel without a Uniqueid', 0]);
  });
});

describe('reconcile: the comparison', () => {
  const before = new Map([['1.1', NOW - 60_000]]);

  it('young channels are left alone', () => {
    const young = open('1.1', { startedAt: NOW - 10_000 });
    expect(compare([young], new Set(), before, NOW)).to.deep.equal({ lost: [], missed: new Map() });
    expect(compare([{ ...young, startedAt: NOW - 10_001 }], new Set(), before, NOW).lost).to.have.length(1);
  });

  it('two looks in one moment are one look', () => {
    const close = new Map([['1.1', NOW - 4_999]]);
    expect(compare([open('1.1')], new Set(), close, NOW)).to.deep.equal({ lost: [], missed: close });
    expect(compare([open('1.1')], new Set(), close, NOW + 1).lost).to.have.length(1);
  });
});

describe('startReconcile', () => {
  it('looks after each login and every so often, and stops', async () => {
    const { fake, ami, time, deps, lines } = await fakePbx([open('1.1'), open('2.2', { pbx: 'pbx2' })]);
    const looks = () => fake.actions('CoreShowChannels').length;
    // Each look asks for the time once: looks are 20 s apart.
    const now = () => (time.now += 20_000);
    const stop = startReconcile({ ...deps, now, everyMs: 20 });
    await until('a line', () => lines.length > 0);
    expect(lines.every((line) => line.includes('uniqueid=1.1'))).to.equal(true);
    await stop();
    const seen = looks();
    const slow = startReconcile({ ...deps, everyMs: 60_000 });
    fake.last().socket.destroy();
    await until('a look after the login', () => looks() === seen + 1);
    await slow();
    fake.last().socket.destroy();
    await until('another login', () => fake.sessions.length === 3 && ami.state().up);
    await ami.action('Ping');
    expect(looks()).to.equal(seen + 1);
  });

  it('a look that fails changes nothing and is told; what was missed stays missed', async () => {
    const { pbx, deps, lines, log } = await fakePbx([open('1.1')]);
    let looks = 0;
    const now = () => NOW + 20_000 * looks++;
    const stop = startReconcile({ ...deps, now, everyMs: 30 });
    await until('a first look', () => looks === 1);
    pbx.answer = false;
    await until('a failure', () => log.lines.some((line) => line.level === 'warn'));
    expect([looks, lines.length]).to.deep.equal([1, 0]);
    pbx.answer = true;
    await until('a line', () => lines.length === 1);
    expect(looks).to.equal(2);
    await stop();
  });

  it('stops with the connection, also in the middle of a look at a frozen PBX', async () => {
    const { fake, ami, deps, log } = await fakePbx([open('1.1')]);
    fake.script['CoreShowChannels'] = () => undefined;
    const stop = startReconcile({ ...deps, everyMs: 10 });
    await until('a question', () => fake.actions('CoreShowChannels').length === 1);
    const began = performance.now();
    await Promise.all([stop(), ami.close()]);
    expect(performance.now() - began).to.be.below(2000);
    expect(log.lines.filter((line) => line.level === 'warn')).to.deep.equal([]);
  });

  it('two looks never run at once', async () => {
    const { fake, deps } = await fakePbx([]);
    let most = 0;
    let now = 0;
    const openChannels = async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 40));
      now--;
      return [];
    };
    const stop = startReconcile({ ...deps, openChannels, everyMs: 5 });
    await until('three looks', () => fake.actions('CoreShowChannels').length >= 3);
    await stop();
    expect(most).to.equal(1);
  });
});
