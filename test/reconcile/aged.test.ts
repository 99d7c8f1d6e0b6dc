import { expect } from 'chai';
import sinon from 'sinon';
import { parseLine } from '../../src/call/event.js';
import { agedLines, type OpenChannel, type OperatorSeen, startAged } from '../../src/reconcile/index.js';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 0, 15, 20);
const RULES = { longestCallMs: 24 * HOUR, longestShiftMs: 16 * HOUR };

const channel = (hours: number, pbx = 'pbx1'): OpenChannel => ({
  ...{
    call: `${pbx}-u${hours}`,
    pbx,
    uniqueid: `u${hours}`,
    channel: `PJSIP/101-${hours}`,
    startedAt: NOW - hours * HOUR,
  },
});
const operator = (name: string, presence: OperatorSeen['presence'], hours: number, until: number | null = null) => ({
  ...{ operator: name, presence, since: NOW - hours * HOUR, reason: '', wrapupUntil: until },
});

const said = (lines: readonly string[]) =>
  lines.map((line) => {
    const parsed = parseLine(line);
    if (!parsed.ok) throw new Error(parsed.refusal.reason);
    const { event } = parsed;
    return `${event.event} ${'operator' in event ? event.operator : event.uniqueid} by ${event.source}`;
  });

describe('reconcile: the greatest age', () => {
  it('ends channels, shifts and wrap-ups that are too old, and nothing else', () => {
    const open = [channel(23), channel(25), channel(30, 'pbx2')];
    const crew = [
      operator('101', 'ready', 15),
      operator('102', 'ready', 17),
      operator('103', 'paused', 17),
      operator('104', 'offline', 400),
      operator('105', 'wrap_up', 1, NOW - 61_000),
      operator('106', 'wrap_up', 1, NOW - 30_000),
    ];
    expect(said(agedLines('pbx1', open, crew, NOW, RULES))).to.deep.equal([
      'lost u25 by server',
      'logout 102 by server',
      'logout 103 by server',
      'wrapped 105 by server',
    ]);
  });

  it('has no such rule where it is switched off', () => {
    const none = { longestCallMs: 0, longestShiftMs: 0 };
    expect(agedLines('pbx1', [channel(900)], [operator('101', 'ready', 900)], NOW, none)).to.deep.equal([]);
  });

  it('says the same each time it is found, so it counts once', () => {
    const id = (line = '') => new URLSearchParams(line).get('id');
    const [first] = agedLines('pbx1', [channel(25)], [], NOW, RULES);
    const [again] = agedLines('pbx1', [channel(25)], [], NOW + 60_000, RULES);
    expect(id(first)).to.equal(id(again));
  });

  describe('while it runs', () => {
    let clock: sinon.SinonFakeTimers;
    beforeEach(() => {
      clock = sinon.useFakeTimers(NOW);
    });
    afterEach(() => clock.restore());

    const start = (asked: () => boolean, behind = () => false) => {
      const report = sinon.fake();
      const log = { warn: sinon.fake() };
      const openChannels = async () => [channel(40)];
      const parts = { pbx: 'pbx1', report, openChannels, operators: async () => [], asked, behind, log, now: Date.now };
      return { report, stop: startAged(parts, RULES) };
    };

    it('concludes nothing while the PBX can be asked, nor soon after', async () => {
      let up = true;
      const { report, stop } = start(() => up);
      await clock.tickAsync(3 * HOUR);
      up = false;
      await clock.tickAsync(9 * 60_000);
      expect(report.called).to.equal(false);
      await clock.tickAsync(3 * 60_000);
      expect(report.called).to.equal(true);
      await stop();
    });

    it('concludes nothing from tables that are behind', async () => {
      const { report, stop } = start(
        () => false,
        () => true,
      );
      await clock.tickAsync(HOUR);
      expect(report.called).to.equal(false);
      await stop();
    });
  });
});
