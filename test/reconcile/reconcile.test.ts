import { expect } from 'chai';
import { parseLine } from '../../src/call/event.js';
import { compare, type OpenChannel } from '../../src/reconcile/compare.js';
import { reconcile, startReconcile } from '../../src/reconcile/index.js';
import { type Script, startFake, testLog, until, upTo } from '../ami/fake.js';

const NOW = 1_763_676_543_123;
const open = (uniqueid: string, more: Partial<OpenChannel> = {}): OpenChannel => ({
  call: 'pbx1-1.1',
  pbx: 'pbx1',
  uniqueid,
  channel: `PJSIP/101-0000000${uniqueid.at(-1)}`,
  startedAt: NOW - 60_000,
  ...more,
});

/** A PBX whose channels are `pbx.channels`; `end` spoils the end of the list. */
async function lab(channels: OpenChannel[]) {
  const pbx = { channels: [] as string[], end: {} as Record<string, string>, answer: true };
  const CoreShowChannels: Script[string] = (action, session) => {
    if (!pbx.answer) return session.refuse(action, 'Permission denied');
    session.answer(action, { EventList: 'start' });
    for (const Uniqueid of pbx.channels) session.event('CoreShowChannel', { ActionID: action.id, Uniqueid });
    const end = { EventList: 'Complete', ListItems: String(pbx.channels.length), ...pbx.end };
    session.event('CoreShowChannelsComplete', { ActionID: action.id, ...end });
  };
  const fake = await startFake({ CoreShowChannels });
  const { ami } = await upTo(fake);
  const lines: string[] = [];
  const time = { now: NOW };
  const log = testLog();
  const deps = {
    pbx: 'pbx1',
    ami,
    openChannels: async () => channels,
    report: (line: string) => void lines.push(line),
    log,
    now: () => time.now,
  };
  return { pbx, fake, ami, lines, time, deps, log };
}

describe('reconcile', () => {
  it('reports a channel that is gone in two looks, and only that one', async () => {
    const { pbx, lines, time, deps } = await lab([open('1.1'), open('1.2')]);
    pbx.channels = ['1.2', '7.7'];
    const missed = await reconcile(deps, new Map());
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
    const { pbx, lines, time, deps } = await lab([open('1.1')]);
    let missed = await reconcile(deps, new Map());
    for (const channels of [['1.1'], [], ['1.1']]) {
      time.now += 60_000;
      pbx.channels = channels;
      missed = await reconcile(deps, missed);
    }
    expect(lines).to.deep.equal([]);
  });

  it('found again, it is the same event', async () => {
    const { lines, time, deps } = await lab([open('1.1')]);
    let missed: ReadonlyMap<string, number> = new Map();
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
      const { pbx, lines, deps } = await lab([open('1.1')]);
      Object.assign(pbx, spoil);
      const long = new Map([['1.1', NOW - 120_000]]);
      let failed = false;
      await reconcile(deps, long).catch(() => {
        failed = true;
      });
      expect([failed, lines.length]).to.deep.equal([true, 0]);
    });
  }

  it('does nothing when the list holds a channel without an id', async () => {
    const { fake, lines, deps } = await lab([open('1.1')]);
    fake.script['CoreShowChannels'] = (action, session) => {
      session.answer(action, { EventList: 'start' });
      session.event('CoreShowChannel', { ActionID: action.id, Channel: 'PJSIP/101-00000001' });
      session.event('CoreShowChannelsComplete', { ActionID: action.id, EventList: 'Complete', ListItems: 1 });
    };
    const error = await reconcile(deps, new Map([['1.1', NOW - 120_000]])).catch((reason: Error) => reason.message);
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
    const { fake, ami, time, deps, lines } = await lab([open('1.1'), open('2.2', { pbx: 'pbx2' })]);
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
    const { pbx, deps, lines, log } = await lab([open('1.1')]);
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

  it('two looks never run at once', async () => {
    const { fake, deps } = await lab([]);
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
