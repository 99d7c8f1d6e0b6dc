import { expect } from 'chai';
import type { Snapshot } from '../../src/call/live.js';
import { nextAlarm } from '../../src/web/alarms.js';
import { monitorView } from '../../src/web/monitor-view.js';
import { busyDay, crowdedDay, emptyDay } from './fixtures.js';

const NOW = 1_763_000_000_000;
const view = (snapshot: Snapshot, masked: boolean = false) => {
  const alarms = new Map(snapshot.queues.map((q) => [q.queue, nextAlarm(undefined, q, snapshot.at)]));
  return monitorView(snapshot, { masked, alarms, now: snapshot.at, longPause: 30 * 60_000, clock: String });
};

describe('the monitor’s view', () => {
  it('puts the most urgent queue first and leaves the calm ones in their order', () => {
    const order = view(busyDay(NOW)).queues.map((q) => `${q.level} ${q.title}`);
    expect(order).to.deep.equal([
      ...['red Support', 'red Returns', 'amber Sales', 'amber Uzbek · O‘zbekcha'],
      ...['calm Billing', 'calm Delivery', 'calm VIP line', 'calm Русская линия'],
    ]);
  });

  it('counts the abandoned without the short ones, and never a ratio without its n', () => {
    const { strip, queues } = view(busyDay(NOW));
    expect([strip.abandoned, strip.short, strip.abandonRate]).to.deep.equal([
      34,
      7,
      { percent: '4', width: (34 / 814) * 100, n: 814 },
    ]);
    const support = queues.find((q) => q.queue === 'support');
    expect([support?.abandoned, support?.short, support?.offered]).to.deep.equal([15, 3, 228]);
    const empty = view(emptyDay(NOW)).strip;
    expect([empty.service, empty.abandonRate, empty.asa, empty.aht]).to.deep.equal([null, null, '—', '—']);
  });

  it('says the same of a later second: no row changes while nothing happens', () => {
    const day = busyDay(NOW);
    const rows = (of: ReturnType<typeof view>) => [...of.queues, ...of.waiting, ...of.operators, ...of.calls];
    const later = rows(view({ ...day, at: NOW + 1_000 })).map((row) => row.v);
    expect(later).to.deep.equal(rows(view(day)).map((row) => row.v));
    const changed = {
      ...day,
      operators: day.operators.map((o) => (o.operator === '103' ? { ...o, answered: 99 } : o)),
    };
    const [before, after] = [view(day).operators, view(changed).operators];
    expect(after.filter((o, i) => o.v !== before[i]?.v).map((o) => o.operator)).to.deep.equal(['103']);
  });

  it('gives every row an id of its own, also for strange names', () => {
    const day = busyDay(NOW);
    const names = ['a b', 'a-b', 'a', '"><b>', 'é', 'е'];
    const [like] = day.queues;
    if (!like) throw new Error('no queue');
    const odd = view({ ...day, queues: names.map((queue) => ({ ...like, queue })) });
    const ids = [...odd.queues, ...odd.waiting, ...odd.operators, ...odd.calls].map((row) => row.id);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const id of ids) expect(id).to.match(/^[\w.-]+$/);
  });

  it('marks a talk of a quarter of an hour and a long pause with words, and draws a crowd in one line each', () => {
    expect(
      view(busyDay(NOW))
        .operators.filter((o) => o.long)
        .map((o) => `${o.name} ${o.long}`),
    ).to.deep.equal(['Gulnara I. talks for more than 15 min', 'Hasan O. paused for more than 30 min']);
    expect([view(busyDay(NOW)).crowd, view(crowdedDay(NOW, 60)).crowd]).to.deep.equal([false, true]);
    expect(
      view(busyDay(NOW))
        .operators.slice(-2)
        .every((o) => o.gone),
    ).to.equal(true);
  });

  it('tells of a wrap-up how long it still is, and for which queue', () => {
    const farrukh = view(busyDay(NOW)).operators.find((o) => o.operator === '106');
    expect([farrukh?.until, farrukh?.note]).to.deep.equal([NOW + 36_000, 'Support']);
    expect(view(busyDay(NOW)).operators.find((o) => o.operator === '103')?.until).to.equal(null);
  });

  it('has a sign and a word for every state of a call, no two alike', () => {
    const day = busyDay(NOW);
    const [like] = day.calls;
    if (!like) throw new Error('no call');
    const states = [
      'dialling',
      'waiting',
      'ringing',
      'talking',
      'held',
      'parked',
      'conference',
      'menu',
      'voicemail',
    ] as const;
    const rows = view({
      ...day,
      calls: states.map((state) => ({ ...like, call: state, direction: 'out', state })),
    }).calls;
    expect(new Set(rows.map((c) => c.sign.word)).size).to.equal(states.length);
    expect(new Set(rows.map((c) => c.sign.icon)).size).to.equal(states.length);
    // How long somebody hears music already is said beside it.
    expect(rows.filter((c) => c.since !== null).map((c) => c.sign.word)).to.deep.equal(['On hold', 'Parked']);
  });

  it('marks calls that no hook announced, that became one, or that are odd: sign, word, reason', () => {
    const day = busyDay(NOW);
    const marks = view(day).calls.flatMap((c) => c.marks.map((mark) => `${mark.icon} ${mark.word}`));
    expect(marks.sort()).to.deep.equal(['joined 2 calls in one', 'seen seen by comparison', 'warn odd']);
    const odd = view(day)
      .calls.flatMap((c) => c.marks)
      .find((mark) => mark.word === 'odd');
    expect(odd?.why).to.equal('seen by comparison only');
  });

  it('leads from each call to its story, whatever its id holds', () => {
    const day = busyDay(NOW);
    const [like] = day.calls;
    if (!like) throw new Error('no call');
    const [row] = view({ ...day, calls: [{ ...like, call: 'a/b?c#"d' }] }).calls;
    expect(row?.story).to.equal('/calls/a%2Fb%3Fc%23%22d');
    const ticker = view({
      ...day,
      ticker: [
        { at: NOW, queue: '', text: 'x', call: 'pbx1-1.1' },
        { at: NOW, queue: '', text: 'y' },
      ],
    }).ticker;
    expect(ticker.map((line) => line.story)).to.deep.equal(['/calls/pbx1-1.1', '']);
  });

  it('hides callers in the events, and not the number of ours that they called', () => {
    const line = { at: NOW, queue: '', text: '+998001234218 calls 5551000', own: '5551000' };
    const { ticker } = view({ ...busyDay(NOW), ticker: [line, { ...line, own: '' }] }, true);
    expect(ticker.map(({ text }) => text)).to.deep.equal([
      '+998 00 ••• 42 18 calls 555-1000',
      '+998 00 ••• 42 18 calls 555-••00',
    ]);
  });

  it('names the client on the side where the client is', () => {
    const calls = view(busyDay(NOW)).calls;
    const out = calls.find((c) => c.direction === 'out');
    expect([out?.from, out?.fromName, out?.to, out?.toName]).to.deep.equal([
      ...['Qodir E. 117', '', '+998 00 123 00 07', 'Rustam Yuldashev'],
    ]);
    expect(calls.find((c) => c.fromName === 'Aziza Karimova')?.toName).to.equal('');
  });

  it('hides callers’ numbers in rows, tiles and events, our own not', () => {
    const masked = view(busyDay(NOW), true);
    const all = JSON.stringify(masked);
    expect(all).not.to.match(/998 ?00 ?123|555-?01\d\d|5550/);
    expect(masked.calls.find((c) => c.direction === 'in')?.to).to.equal('555-1000');
  });

  it('hides a number too that the carrier sent as the name', () => {
    const day = busyDay(NOW);
    const NAMES = ['+998001234218', '998001234218', '+998 (00) 123-42-18', 'Firma 998001234218'];
    for (const name of NAMES) {
      const named = {
        ...day,
        waiting: day.waiting.map((w) => ({ ...w, name })),
        operators: day.operators.map((o) => ({ ...o, partyName: name })),
        calls: day.calls.map((c) => ({ ...c, name })),
      };
      const hidden = JSON.stringify(view(named, true));
      expect(hidden, name).not.to.match(/123.?42.?18/);
      expect(hidden, name).to.include('42 18');
      expect(JSON.stringify(view(named)), name).to.match(/123.?42.?18/);
    }
  });

  it('takes nobody from outside for an operator, whatever number he shows', () => {
    const day = busyDay(NOW);
    const [lola] = day.operators.filter((o) => o.operator === '112');
    const shown = (direction: 'in' | 'internal') =>
      view({ ...day, calls: day.calls.slice(0, 1).map((c) => ({ ...c, direction, from: '112', name: 'Bank' })) })
        .calls[0];
    expect([shown('in')?.from, shown('in')?.fromName]).to.deep.equal(['112', 'Bank']);
    expect(shown('internal')?.from).to.equal(`${lola?.name} 112`);
  });

  it('shows two hundred rows of a list at most and counts the rest', () => {
    const day = busyDay(NOW);
    const [like] = day.waiting;
    if (!like) throw new Error('nobody waits');
    const waiting = Array.from({ length: 1_000 }, (_, i) => ({ ...like, call: `c${i}` }));
    const shown = view({ ...day, waiting });
    expect([shown.waiting.length, shown.waitingMore]).to.deep.equal([200, 800]);
  });
});
