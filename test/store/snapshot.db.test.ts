import { expect } from 'chai';
import { type CallEvent, formatLine, parseLine } from '../../src/call/event.js';
import type { Snapshot } from '../../src/call/live.js';
import { applyBatch, type Memory, newMemory } from '../../src/record/apply.js';
import { saveClients } from '../../src/store/clients.js';
import type { JournalState } from '../../src/store/journals.js';
import { saveQueueSettings } from '../../src/store/queues.js';
import { recentCalls } from '../../src/store/recent.js';
import { snapshotReader } from '../../src/store/snapshot.js';
import { createUser } from '../../src/store/users.js';
import { allStories, T0 } from '../stories/story.js';
import { DIALECTS, emptyDatabase, type TestDb } from './databases.js';

/** A story's events; a linkedid is its own, as every call's is. */
const story = (number: string): CallEvent[] =>
  (allStories().find((s) => s.file.startsWith(number))?.events ?? []).map((event) => ({
    ...event,
    linkedid: `${event.linkedid}-${number}`,
  }));
const START: JournalState = {
  server: 'x',
  segment: 1,
  offset: 0,
  events: 0,
  repeated: 0,
  rejected: 0,
  lastEventAt: null,
  appliedAt: T0,
};

/** An operator's own event. */
function said(event: string, operator: string, at: number, more: Record<string, string> = {}): CallEvent {
  const common = {
    v: 1,
    id: `${event}-${operator}-${at}`,
    at,
    pbx: 'pbx1',
    call: `code-${operator}-${at}`,
    channel: 'PJSIP/x',
    uniqueid: `u-${at}`,
  };
  const parsed = parseLine(formatLine({ ...common, event, operator, ...more }));
  if (!parsed.ok) throw new Error(parsed.refusal.reason);
  return parsed.event;
}

for (const dialect of DIALECTS) {
  describe(`snapshot on ${dialect}`, () => {
    let database: TestDb;
    let memory: Memory;
    let read: (now: number) => Promise<Snapshot>;

    beforeEach(async () => {
      database = await emptyDatabase(dialect);
      memory = newMemory();
      read = snapshotReader(database.db, 'UTC', () => Promise.resolve(0));
    });
    afterEach(() => database.remove());

    const apply = (events: CallEvent[]) =>
      applyBatch(
        database.db,
        memory,
        events.map((e) => ({ line: formatLine({ ...e, v: 1 }), receivedAt: e.at, refusal: '' })),
        START,
      );
    const logins = [
      said('login', '101', T0 - 60_000, { queues: 'sales,support' }),
      said('login', '102', T0 - 50_000, { queues: 'sales' }),
    ];

    it('has no numbers on an empty database: a dash is not a zero', async () => {
      const now = await read(T0);
      expect(now).to.deep.include({ queues: [], waiting: [], operators: [], calls: [], appliedAt: null });
      expect(now.totals).to.deep.include({ serviceLevel: null, asa: null, aht: null, longestSince: null });
    });

    it('shows a call from its first event to its last', async () => {
      const events = story('07-');
      await apply(logins);
      await apply(events.slice(0, 1));
      const dialling = await read(T0 + 100);
      expect(dialling.calls).to.have.length(1);
      expect(dialling.calls[0]).to.deep.include({
        state: 'dialling',
        from: '+998000000101',
        to: '5551000',
        direction: 'in',
      });

      await apply(events.slice(1, 3));
      const ringing = await read(T0 + 3000);
      expect(ringing.waiting).to.have.length(1);
      expect(ringing.waiting[0]).to.deep.include({
        queue: 'sales',
        queueTitle: 'Sales',
        position: 1,
        offers: 1,
        ringing: ['101'],
        since: T0 + 210,
      });
      expect(ringing.operators.map((o) => `${o.operator} ${o.state}`)).to.deep.equal(['101 ringing', '102 ready']);
      expect(ringing.operators[0]).to.deep.include({
        party: '+998000000101',
        queue: 'sales',
        direction: 'in',
        since: T0 + 350,
      });
      expect(ringing.queues[0]).to.deep.include({ queue: 'sales', waiting: 1, longestSince: T0 + 210 });
      expect(ringing.queues[0]?.crew).to.deep.include({ ringing: 1, ready: 1 });

      await apply(events.slice(3, 6));
      const talking = await read(T0 + 6000);
      expect(talking.waiting).to.deep.equal([]);
      expect(talking.operators.map((o) => `${o.operator} ${o.state}`)).to.deep.equal(['101 ready', '102 talking']);
      expect(talking.operators[0]?.since, '101 is ready since its ring ended').to.equal(T0 + 3360);
      expect(talking.operators[0]).to.deep.include({ offered: 1, missed: 1, answered: 0 });
      expect(talking.calls[0]).to.deep.include({
        state: 'talking',
        queue: 'sales',
        operators: ['102'],
        channel: 'PJSIP/trunk-1',
      });
      expect(talking.queues[0]).to.deep.include({ offered: 1, answered: 1, serviceLevel: { value: 100, n: 1 } });

      await apply(events.slice(6));
      const over = await read(T0 + 9000);
      expect(over.calls).to.deep.equal([]);
      expect(over.operators.map((o) => `${o.operator} ${o.state}`)).to.deep.equal(['101 ready', '102 ready']);
      expect(over.operators[1]).to.deep.include({ offered: 1, answered: 1, missed: 0, since: T0 + 7420 });
      expect(over.totals).to.deep.include({ answered: 1, abandoned: 0, asa: 5.19 });
    });

    it('lines waiting callers up as the queue does: priority before time', async () => {
      const [first, second] = [story('08-').slice(0, 2), story('09-').slice(0, 2)];
      const vip = second.map((e) => (e.event === 'enter' ? { ...e, priority: 10, at: e.at + 5000 } : e));
      await apply([...first, ...vip]);
      const now = await read(T0 + 9000);
      expect(now.waiting.map((w) => `${w.position} ${w.priority ?? 0}`)).to.deep.equal(['1 10', '2 0']);
    });

    it('shows an operator whom they talk with, also when that one neither called nor was dialled by them', async () => {
      // 103 called a client, and handed the client to 101.
      await apply(story('21-').slice(0, 9));
      const rings = (await read(T0 + 3000)).operators.find((o) => o.operator === '101');
      expect(rings).to.deep.include({ state: 'ringing', party: '+998000000142' });
      await apply(story('21-').slice(9, 10));
      const now = await read(T0 + 4000);
      const own = now.operators.find((o) => o.operator === '101');
      expect(own).to.deep.include({ state: 'talking', party: '+998000000142', partyName: '' });
      expect(now.operators.some((o) => o.operator === '103' && o.call !== '')).to.equal(false);
      const lines = now.ticker.map((line) => line.text);
      expect(lines).to.include('103 transferred a call to 101');
      expect(lines).to.include('the other side answered');
    });

    it('shows two people outside who talk over our lines as a talk, not as a call that arrives', async () => {
      await apply(story('96-').slice(0, 14));
      const [transferred] = (await read(T0 + 3000)).calls;
      expect(transferred).to.deep.include({ state: 'talking', since: T0 + 2482, operators: [] });
    });

    it('says how long a caller waited in the queue that was answered, not how long the call has lasted', async () => {
      await apply(story('99-').slice(0, 16));
      const now = await read(T0 + 2300);
      const [leg, visit] = [now.operators.find((o) => o.operator === '103'), now.calls[0]];
      expect([leg?.state, leg?.queue, leg?.waited, visit?.state]).to.deep.equal(['talking', 'support', 370, 'talking']);
    });

    it('calls a colleague who waits by the name of the user, not by what the phone is called', async () => {
      const passwordHash = 'x';
      await createUser(
        database.db,
        { login: 'lola', name: 'Lola M.', role: 'operator', operator: '105', passwordHash },
        T0,
      );
      const own = {
        ...story('08-')[0],
        direction: 'internal',
        from: '105',
        endpoint: '105',
        name: 'Operator 105',
        trunk: '',
      };
      await apply([own as CallEvent, ...story('08-').slice(1, 3)]);
      const now = await read(T0 + 1000);
      expect(now.waiting[0]).to.deep.include({ number: '105', name: 'Lola M.' });
      expect(now.operators.find((o) => o.operator === '101')).to.deep.include({ party: '105', partyName: 'Lola M.' });
    });

    it('hides no number of ours in the ticker', async () => {
      await apply(story('08-').slice(0, 1));
      expect((await read(T0 + 1000)).ticker[0]).to.deep.include({
        text: '+998000000101 calls 5551000',
        own: '5551000',
      });
    });

    it('names clients, marks VIPs and titles queues', async () => {
      await saveClients(database.db, [{ number: '+998 00 000 01 01', name: 'Aziza K.', company: 'Orion', vip: true }]);
      await saveQueueSettings(database.db, [
        { queue: 'sales', title: 'Продажи', answerWithin: 5, shortAbandon: 1, target: 90 },
      ]);
      await createUser(
        database.db,
        { login: 'lola', name: 'Lola M.', role: 'operator', operator: '101', passwordHash: 'x' },
        T0,
      );
      await apply([...logins, ...story('08-').slice(0, 3)]);
      const now = await read(T0 + 1000);
      expect(now.waiting[0]).to.deep.include({ name: 'Aziza K.', vip: true, queueTitle: 'Продажи' });
      expect(now.operators[0]).to.deep.include({ name: 'Lola M.', partyName: 'Aziza K.', partyVip: true });
      expect(now.queues.find((q) => q.queue === 'sales')).to.deep.include({
        title: 'Продажи',
        answerWithin: 5,
        target: 90,
      });
    });

    it('judges a queue by its own thresholds', async () => {
      await saveQueueSettings(database.db, [
        { queue: 'sales', title: 'Sales', answerWithin: 5, shortAbandon: 3, target: 80 },
      ]);
      await apply([...story('07-'), ...story('08-')]);
      const queue = (await read(T0 + 60_000)).queues[0];
      // The one answered waited 5.19 s, longer than 5; the one who gave up waited 2 s, which is short.
      expect(queue).to.deep.include({
        offered: 2,
        answered: 1,
        abandoned: 1,
        shortAbandoned: 1,
        serviceLevel: { value: 0, n: 1 },
      });
    });

    it('counts hold and wrap-up as time that a call took', async () => {
      await apply(logins);
      await apply(story('07-'));
      expect((await read(T0 + 60_000)).totals.aht).to.equal(2.02);
      await apply([
        said('wrapup', '102', T0 + 7420, { until: String(T0 + 60_000) }),
        said('wrapped', '102', T0 + 17_420, { how: 'done' }),
      ]);
      expect((await read(T0 + 62_001)).totals.aht).to.equal(12.02);
    });

    it('counts today only', async () => {
      await apply(story('07-'));
      expect((await read(T0 + 1000)).totals.answered).to.equal(1);
      const tomorrow = snapshotReader(database.db, 'UTC', () => Promise.resolve(0));
      expect((await tomorrow(T0 + 24 * 3_600_000)).totals).to.deep.include({ answered: 0, serviceLevel: null });
    });

    it('books a call that goes on over local midnight by its arrival, and shows it on', async () => {
      // Midnight of Tashkent, two seconds after the caller entered; the second operator is rung and answers after it.
      const midnight = Date.UTC(2026, 0, 15, 19, 0, 0);
      const shifted = story('07-').map((event) => ({ ...event, at: event.at - T0 - 2_210 + midnight }));
      await apply([...logins, ...shifted.slice(0, 6)]);
      const tashkent = snapshotReader(database.db, 'Asia/Tashkent', () => Promise.resolve(0));
      const late = await tashkent(midnight + 4_000);
      expect(late.calls.map((call) => call.state)).to.deep.equal(['talking']);
      expect(late.totals).to.deep.include({ answered: 0, serviceLevel: null });
      const utc = await read(midnight + 4_000);
      expect(utc.totals).to.deep.include({ answered: 1, serviceLevel: { value: 100, n: 1 } });
      expect(utc.operators.find((o) => o.operator === '101')).to.deep.include({ offered: 1, missed: 1 });
    });

    it('follows an operator through pause and logout, and is not misled by a late event', async () => {
      await apply(logins);
      await apply([said('pause', '101', T0, { reason: 'lunch' }), said('logout', '102', T0)]);
      let now = await read(T0 + 1000);
      expect(now.operators[0]).to.deep.include({
        state: 'paused',
        reason: 'lunch',
        since: T0,
        queues: ['sales', 'support'],
      });
      expect(now.operators[1]).to.deep.include({ state: 'offline', queues: [] });
      await apply([said('unpause', '101', T0 - 5000)]);
      now = await read(T0 + 1000);
      expect(now.operators[0]?.state).to.equal('paused');
    });

    it('shows a wrap-up with its end and its queue, until somebody says that it is over', async () => {
      const until = (at: number) => String(at);
      await apply(logins);
      await apply([said('wrapup', '101', T0, { until: until(T0 + 20_000), queue: 'sales' })]);
      let [lola] = (await read(T0 + 1000)).operators;
      expect(lola).to.deep.include({
        state: 'wrap_up',
        since: T0,
        until: T0 + 20_000,
        queue: 'sales',
        reason: '',
        call: '',
      });
      await apply([said('wrapup', '101', T0 + 5000, { until: until(T0 + 80_000), queue: 'sales' })]);
      await apply([said('pause', '101', T0 + 6000, { reason: 'lunch' })]);
      // Its end has come, and nobody has said so: it is still a wrap-up, and a pause comes after it.
      [lola] = (await read(T0 + 90_000)).operators;
      expect(lola).to.deep.include({ state: 'wrap_up', until: T0 + 80_000, reason: 'lunch' });
      await apply([said('wrapped', '101', T0 + 91_000, { how: 'done' })]);
      [lola] = (await read(T0 + 92_000)).operators;
      expect(lola).to.deep.include({ state: 'paused', until: null, reason: 'lunch', queue: '' });
    });

    it('says how many calls became one, what a call does, and when no hook announced it', async () => {
      const joined = story('81-');
      await apply(joined.slice(0, -2));
      const [one] = (await read(T0 + 50_000)).calls;
      expect(one).to.deep.include({ state: 'talking', joined: 2, source: 'hook', operators: ['104'] });
      await apply(joined);
      await apply(story('68-').slice(0, 1));
      const [found] = (await read(T0 + 50_000)).calls;
      expect(found).to.deep.include({ joined: 0, source: 'ami' });
      expect(found?.odd).to.not.equal('');
    });

    it("lists an operator's own calls", async () => {
      await apply([...story('07-'), ...story('01-'), ...story('12-')]);
      const calls = await recentCalls(database.db, '101', T0 - 1000, 10);
      expect(calls.map((c) => `${c.direction} ${c.party} ${c.outcome}`).sort()).to.deep.equal([
        'in +998000000101 rang_out',
        'internal 103 answered',
        'out +998000000142 answered',
      ]);
      expect(calls.find((c) => c.direction === 'out')?.talk).to.equal(2010);
      expect(await recentCalls(database.db, '104', T0 - 1000, 10)).to.deep.equal([]);
    });
  });
}
