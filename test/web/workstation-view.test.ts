import { expect } from 'chai';
import type { OperatorNow, Snapshot } from '../../src/call/live.js';
import { colleaguesView, workstationView } from '../../src/web/workstation-view.js';
import { busyDay, recentCalls } from './fixtures.js';

const NOW = 1_763_000_000_000;
const NOBODY = { name: '', company: '', vip: false };
const view = (snapshot: Snapshot, operator: string, client: typeof NOBODY | null = null) =>
  workstationView(snapshot, { operator, masked: true, recent: recentCalls(NOW), client, clock: String });
const dayOf = (operator: string, change: Partial<OperatorNow>): Snapshot => {
  const day = busyDay(NOW);
  return { ...day, operators: day.operators.map((o) => (o.operator === operator ? { ...o, ...change } : o)) };
};

describe('the workstation’s view', () => {
  it('shows the call before it is answered: who, from which queue, and how long they have waited', () => {
    const day = busyDay(NOW);
    const [first] = day.waiting;
    const rings = dayOf('121', {
      call: first?.call ?? '',
      party: first?.number ?? '',
      partyName: 'Aziza K.',
      partyVip: true,
    });
    const { card, title } = view(rings, '121', { name: 'Aziza Karimova', company: 'Orion LLC', vip: true });
    expect(card).to.deep.include({ state: 'ringing', name: 'Aziza Karimova', company: 'Orion LLC', vip: true });
    expect(card).to.deep.include({ number: '+998 00 123 14 07', queue: 'Support', waitingSince: first?.since });
    expect(title).to.equal('Ringing: Aziza Karimova');
  });

  it('takes nobody from outside for a colleague, whatever number he shows', () => {
    const party = { call: 'c', party: '112', partyName: '', state: 'ringing' as const };
    expect(view(dayOf('121', { ...party, direction: 'in' }), '121').card).to.deep.include({ name: '', number: '112' });
    expect(view(dayOf('121', { ...party, direction: 'internal' }), '121').card?.name).to.not.equal('');
    const recent = (direction: 'in' | 'internal') => {
      const calls = recentCalls(NOW).map((one) => ({ ...one, party: '112', name: '', direction }));
      const options = { operator: '121', masked: true, recent: calls, client: null, clock: String };
      return workstationView(busyDay(NOW), options).recent[0]?.name;
    };
    expect(recent('in')).to.equal('');
    expect(recent('internal')).to.not.equal('');
  });

  it('says after how long the caller was answered', () => {
    expect(view(busyDay(NOW), '112').card).to.deep.include({ state: 'talking', waited: '38 s', dialled: '555-1000' });
    expect(view(busyDay(NOW), '117').card).to.deep.include({ direction: 'outgoing', waited: '', dialled: '' });
  });

  it('offers only the changes of state that make sense', () => {
    const can = (change: Partial<OperatorNow>) => {
      const { me } = view(dayOf('103', change), '103');
      return ['canLogin', 'canReady', 'canPause', 'canLogout'].filter((key) => me[key as keyof typeof me] === true);
    };
    expect(can({ state: 'offline' })).to.deep.equal(['canLogin']);
    expect(can({ state: 'ready' })).to.deep.equal(['canPause', 'canLogout']);
    // In a pause, another reason can be given.
    expect(can({ state: 'paused' })).to.deep.equal(['canReady', 'canPause', 'canLogout']);
    expect(can({ state: 'talking' })).to.deep.equal(['canPause']);
    expect(can({ state: 'wrap_up' })).to.deep.equal(['canPause', 'canLogout']);
  });

  it('knows a pause that begins after the call', () => {
    expect(view(dayOf('112', { reason: 'lunch' }), '112').me).to.include({ pausedNext: true, reason: 'lunch' });
    expect(view(busyDay(NOW), '112').me.pausedNext).to.equal(false);
    const paused = view(dayOf('103', { state: 'paused', reason: 'lunch' }), '103').me;
    expect([paused.pausedNext, paused.pausedFor]).to.deep.equal([false, 'lunch']);
    expect(view(dayOf('106', { reason: 'lunch' }), '106').me).to.include({ pausedNext: true, pausedFor: '' });
  });

  it('tells of a wrap-up how long it still is, for which queue, and after which call', () => {
    const { wrap, me, card, title } = view(busyDay(NOW), '106');
    expect([me.state, me.until, card, title]).to.deep.equal(['wrap_up', NOW + 36_000, null, 'Wrap-up']);
    expect(wrap).to.include({ queue: 'Support', since: NOW - 24_000, until: NOW + 36_000, whole: 60_000 });
    expect(wrap?.call).to.include({ name: 'Aziza Karimova', outcome: '3 min 12 s', story: '/calls/pbx1-17636.1' });
    expect(view(busyDay(NOW), '112').wrap).to.equal(null);
    // Without an end nothing is counted down, and nothing is divided by zero.
    expect(view(dayOf('106', { until: null }), '106').wrap).to.include({ until: null, whole: 0 });
  });

  it('says that the caller hears music, since when, and still after how long they were answered', () => {
    const day = busyDay(NOW);
    const held = {
      ...day,
      calls: day.calls.map((c) =>
        c.operators.includes('112') ? { ...c, state: 'held' as const, since: NOW - 5_000 } : c,
      ),
    };
    const { card, title } = view(held, '112');
    expect([card?.sign.word, card?.sign.icon, card?.since, card?.waited]).to.deep.equal([
      'On hold',
      'hold',
      NOW - 5_000,
      '38 s',
    ]);
    expect(title).to.match(/^On hold: /);
  });

  it('shows a phone that was never heard of as offline, not as an error', () => {
    const { me, card, queues } = view(busyDay(NOW), '999');
    expect([me.state, card, queues]).to.deep.equal(['offline', null, []]);
  });

  it('lists who waits in my queues, their numbers hidden', () => {
    const { waiting, queues } = view(busyDay(NOW), '112');
    expect(queues.map((q) => q.title)).to.deep.equal(['Support', 'Sales']);
    expect(waiting).to.have.length(6);
    expect(waiting.every((w) => w.number.includes('•'))).to.equal(true);
  });

  it('tells my calls of the day in words, with a number to call back', () => {
    const { recent } = view(busyDay(NOW), '101');
    expect(recent.slice(0, 2).map((r) => [r.number, r.outcome, r.missed, r.dial])).to.deep.equal([
      ['+998 00 123 42 18', '3 min 12 s', false, '+998001234218'],
      ['555-0163', 'missed', true, '5550163'],
    ]);
    expect(recent[4]).to.include({ name: 'Lola M.', icon: 'internal' });
  });

  it('lists colleagues that can be reached first', () => {
    const { colleagues, online, count } = colleaguesView(busyDay(NOW));
    expect([online, count, colleagues[0]?.name]).to.deep.equal([22, 24, 'Alina R.']);
    expect(colleagues.slice(-2).map((c) => [c.sign.word, c.at])).to.deep.equal([
      ['Offline', null],
      ['Offline', null],
    ]);
  });
});
