import { expect } from 'chai';
import { type CallEvent, formatLine } from '../../src/call/event.js';
import { fold } from '../../src/call/fold.js';
import { intoStories } from '../../src/call/link.js';
import { type Activity, activitiesOf, type PresenceChange, timeline } from '../../src/call/timeline.js';
import { applyBatch, newMemory } from '../../src/record/apply.js';
import { rebuild } from '../../src/record/rebuild.js';
import type { Db } from '../../src/store/database.js';
import type { JournalState } from '../../src/store/journals.js';
import { isOperatorEvent, saidBy } from '../../src/store/presence.js';
import { fromDb } from '../../src/store/time.js';
import { DIALECTS, emptyDatabase, type TestDb } from '../store/databases.js';
import { T0 } from '../stories/story.js';
import { chain, dice, eventsOf, parsed, shuffled } from './pieces.js';

const stateOf = (server: string): JournalState => ({
  ...{ server, segment: 1, offset: 0, events: 0, repeated: 0, rejected: 0, lastEventAt: null, appliedAt: T0 },
});

/** An operator's own word, `at` ms after T0. */
const said = (pbx: string, event: string, operator: string, at: number, more: Record<string, string | number> = {}) =>
  parsed(
    formatLine({
      ...{
        v: 1,
        id: `${pbx}-${event}-${operator}-${at}`,
        at: T0 + at,
        pbx,
        call: `${pbx}-code-${at}`,
        event,
        operator,
      },
      ...more,
    }),
  );

/** A morning of two operators of two PBXs with the same names. */
const words = (pbx: string): CallEvent[] => [
  said(pbx, 'login', '101', -60_000, { queues: 'sales,support' }),
  said(pbx, 'pause', '101', -50_000, { reason: 'lunch' }),
  said(pbx, 'unpause', '101', -40_000),
  said(pbx, 'login', '102', 500, { queues: 'sales' }),
  said(pbx, 'wrapup', '102', 7420, { until: T0 + 30_000, queue: 'sales' }),
  said(pbx, 'pause', '102', 9000, { reason: 'training' }),
  said(pbx, 'wrapup', '102', 12_000, { until: T0 + 90_000, queue: 'sales' }),
  said(pbx, 'wrapped', '102', 60_000, { how: 'lost' }),
  said(pbx, 'unpause', '102', 70_000),
  said(pbx, 'logout', '101', 80_000, { reason: 'lost' }),
  said(pbx, 'login', '101', 90_000, { queues: 'support' }),
];

/** Every operator's day as the pure function tells it, by `pbx/operator`. */
function told(events: readonly CallEvent[]): Record<string, unknown[]> {
  const changes = new Map<string, PresenceChange[]>();
  const activities = new Map<string, Activity[]>();
  const push = <T>(to: Map<string, T[]>, key: string, one: T) => to.set(key, [...(to.get(key) ?? []), one]);
  for (const event of events.filter(isOperatorEvent)) push(changes, `${event.pbx}/${event.operator}`, saidBy(event));
  for (const call of intoStories(events).map((story) => fold(story[0]?.call ?? '', story)))
    for (const leg of call.legs)
      for (const activity of activitiesOf(call, leg)) push(activities, `${call.pbx}/${leg.endpoint}`, activity);
  const keys = [...new Set([...changes.keys(), ...activities.keys()])].sort();
  return Object.fromEntries(
    keys.map((key) => [key, timeline(changes.get(key) ?? [], activities.get(key) ?? [])] as const),
  );
}

/** … and as the tables have it. */
async function kept(db: Db): Promise<Record<string, unknown[]>> {
  const days: Record<string, unknown[]> = {};
  const rows = await db.knex('operator_intervals').orderBy(['pbx', 'operator', 'started_at']);
  for (const row of rows as Record<string, string>[]) {
    const key = `${row['pbx']}/${row['operator']}`;
    days[key] ??= [];
    days[key].push({
      ...{ state: row['state'], reason: row['reason'], call: row['call_id'], queue: row['queue'] },
      ...{ startedAt: fromDb(row['started_at'] ?? ''), endedAt: fromDb(row['ended_at'] ?? null) },
      lost: Number(row['lost']) !== 0,
    });
  }
  return days;
}

for (const dialect of DIALECTS) {
  describe(`operators' days on ${dialect}`, function () {
    this.timeout(120_000);
    let database: TestDb;
    beforeEach(async () => {
      database = await emptyDatabase(dialect);
    });
    afterEach(() => database.remove());

    const server = (name: string) => {
      const memory = newMemory();
      return (events: readonly CallEvent[]) => {
        const records = events.map((e) => ({ line: formatLine({ ...e, v: 1 }), receivedAt: e.at, refusal: '' }));
        return applyBatch(database.db, memory, records, stateOf(name));
      };
    };

    it('are what the words and the calls say, in whatever order and pieces two servers bring them', async () => {
      const events = ['pbx1', 'pbx2'].flatMap((pbx) => [
        ...words(pbx),
        ...chain(pbx),
        ...eventsOf(['07', '10', '80'], pbx),
      ]);
      for (let seed = 1; seed <= 4; seed += 1) {
        const roll = dice(seed);
        const servers = [server('one'), server('two')];
        const done: CallEvent[] = [];
        for (const rest = shuffled(events, roll); rest.length > 0; ) {
          const piece = rest.splice(0, 1 + roll(9));
          done.push(...piece);
          await servers[roll(2)]?.(piece);
          expect(await kept(database.db), `seed ${seed} after ${done.length}`).to.deep.equal(told(done));
        }
        const before = await database.db.knex('operator_intervals').orderBy(['pbx', 'operator', 'started_at']);
        const rows = await database.db.knex('rt_operators').orderBy(['pbx', 'operator']);
        expect((await rebuild(database.db, { dryRun: true })).operators, `seed ${seed}`).to.deep.equal([]);
        for (const table of ['operator_intervals', 'rt_operators', 'presence_changes'])
          await database.db.knex(table).del();
        await rebuild(database.db, { dryRun: false });
        expect(await database.db.knex('operator_intervals').orderBy(['pbx', 'operator', 'started_at'])).to.deep.equal(
          before,
        );
        expect(await database.db.knex('rt_operators').orderBy(['pbx', 'operator'])).to.deep.equal(rows);
        for (const table of ['events', 'call_links', 'call_joins', 'rt_calls', 'rt_legs', 'cdr_calls', 'cdr_legs'])
          await database.db.knex(table).del();
        for (const table of [
          'operator_intervals',
          'rt_operators',
          'presence_changes',
          'cdr_visits',
          'cdr_offers',
          'cdr_talks',
          'cdr_steps',
        ])
          await database.db.knex(table).del();
      }
    });

    it("sum up the operator's own words in one row, the wrap-up over the pause", async () => {
      const row = async (operator: string) =>
        (await database.db.knex('rt_operators').where({ pbx: 'pbx1', operator }).first()) as Record<string, unknown>;
      const apply = server('one');
      await apply(words('pbx1').slice(0, 6));
      expect(await row('102')).to.deep.include({ presence: 'paused', reason: 'training', wrapup_queue: 'sales' });
      expect(fromDb(String((await row('102'))['wrapup_until']))).to.equal(T0 + 30_000);
      await apply(words('pbx1').slice(6, 7));
      expect(fromDb(String((await row('102'))['wrapup_until']))).to.equal(T0 + 90_000);
      expect(fromDb(String((await row('102'))['wrapup_since']))).to.equal(T0 + 7420);
      await apply(words('pbx1').slice(7));
      expect(await row('102')).to.deep.include({ presence: 'ready', reason: '', wrapup_until: null });
      expect(await row('101')).to.deep.include({ presence: 'ready', queues: 'support' });
      // A word that comes late changes what came of it, not what was said after it.
      await apply([said('pbx1', 'pause', '101', 89_000, { reason: 'lunch' })]);
      expect(await row('101')).to.deep.include({ presence: 'ready' });
      await apply([said('pbx1', 'wrapup', '101', 89_500, { until: T0 + 95_000 })]);
      expect(await row('101')).to.deep.include({ presence: 'ready', wrapup_until: null });
    });

    it('keep the newer of two first words that two servers bring at once', async () => {
      for (let round = 0; round < 8; round += 1) {
        const operator = `${200 + round}`;
        const [one, two] = [server('one'), server('two')];
        await Promise.all([
          one([said('pbx1', 'login', operator, 1000, { queues: 'sales' })]),
          two([said('pbx1', 'pause', operator, 2000, { reason: 'lunch' })]),
        ]);
        const row = (await database.db.knex('rt_operators').where({ operator }).first()) as Record<string, unknown>;
        expect(row, operator).to.include({ presence: 'paused', reason: 'lunch', queues: 'sales' });
        const states = await database.db
          .knex('operator_intervals')
          .where({ operator })
          .orderBy('started_at')
          .pluck('state');
        expect(states, operator).to.deep.equal(['ready', 'paused']);
      }
    });

    it('tell operators apart whose names differ in nothing but case', async () => {
      await server('one')([
        said('pbx1', 'login', 'Bob', 1000, { queues: 'sales' }),
        said('pbx1', 'login', 'bob', 1000, { queues: 'sales' }),
      ]);
      expect(Object.keys(await kept(database.db)).sort()).to.deep.equal(['pbx1/Bob', 'pbx1/bob']);
    });
  });
}
