import { expect } from 'chai';
import type { Snapshot } from '../../src/call/live.js';
import { nextAlarm } from '../../src/web/alarms.js';
import { monitorView } from '../../src/web/monitor-view.js';
import { busyDay, crowdedDay, emptyDay } from './fixtures.js';

const NOW = 1_763_000_000_000;
const view = (snapshot: Snapshot, masked: boolean = false) => {
  const alarms = new Map(snapshot.queues.map((q) => [q.queue, nextAlarm(undefined, q, snapshot.at)]));
  return monitorView(snapshot, { masked, alarms, now: snapshot.at, clock: String });
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

  it('marks a talk of a quarter of an hour, and draws a crowd in one line each', () => {
    expect(
      view(busyDay(NOW))
        .operators.filter((o) => o.long)
        .map((o) => o.name),
    ).to.deep.equal(['Gulnara I.']);
    expect([view(busyDay(NOW)).crowd, view(crowdedDay(NOW, 60)).crowd]).to.deep.equal([false, true]);
    expect(
      view(busyDay(NOW))
        .operators.slice(-2)
        .every((o) => o.gone),
    ).to.equal(true);
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

  it('shows two hundred rows of a list at most and counts the rest', () => {
    const day = busyDay(NOW);
    const [like] = day.waiting;
    if (!like) throw new Error('nobody waits');
    const waiting = Array.from({ length: 1_000 }, (_, i) => ({ ...like, call: `c${i}` }));
    const shown = view({ ...day, waiting });
    expect([shown.waiting.length, shown.waitingMore]).to.deep.equal([200, 800]);
  });
});
