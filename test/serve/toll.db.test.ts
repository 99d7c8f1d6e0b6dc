import { expect } from 'chai';
import { readConfig } from '../../src/config/load.js';
import { auditStore } from '../../src/serve/access.js';
import { startToll, type Toll } from '../../src/serve/toll.js';
import { toDb } from '../../src/store/time.js';
import { testLog } from '../ami/fake.js';
import { DIALECTS, emptyDatabase, type TestDb } from '../store/databases.js';

/** Noon of a day in UTC. */
const NOON = Date.UTC(2026, 0, 15, 12);
const MINUTE = 60_000;

for (const dialect of DIALECTS) {
  describe(`caps of outside calls on ${dialect}`, () => {
    let database: TestDb;
    let toll: Toll;
    let now = NOON;
    let told: string[] = [];
    beforeEach(async () => {
      database = await emptyDatabase(dialect);
      now = NOON;
      told = [];
      const env = {
        ...{ DIALHOOK_TIME_ZONE: 'UTC', DIALHOOK_CALL_PREFIXES: '998,7' },
        ...{ DIALHOOK_CALL_PRICES: '+7=1/10,+998=0.1', DIALHOOK_CALL_DAILY_CAP: '15' },
      };
      const { config } = readConfig({ env, defaultFile: '/none' });
      const ami = {
        action: async (_name: string, fields: object = {}) => {
          const { Variable } = fields as { Variable: Record<string, string | number> };
          told.push(`${Variable['__DH_TOLL_PREFIX']} ${Variable['__DH_TOLL_TILL']}`);
          return new Map() as never;
        },
      };
      const parts = { config, db: database.db, audit: auditStore(database.db), ami, log: testLog() as never };
      toll = startToll({ ...parts, now: () => now });
    });
    afterEach(async () => {
      toll.stop();
      await database.remove();
    });

    let n = 0;
    const rest = {
      ...{ pbx: 'pbx1', uniqueid: '1.1', channel: 'PJSIP/trunk-00000001', operator: '', endpoint: 'trunk', queue: '' },
      ...{ role: 'trunk', cause: 16, tech: '', outcome: 'answered' },
    };
    const finished = (dialled: string, startedAt: number, ms: number, more: object = {}) =>
      database.db.knex('cdr_legs').insert({
        ...{ ...rest, call_id: `c${++n}`, n: 1, dialled },
        ...{ started_at: toDb(startedAt), answered_at: toDb(startedAt), ended_at: toDb(startedAt + ms), ...more },
      });
    const runs = (dialled: string, answeredAt: number | null, endedAt: number | null = null) =>
      database.db.knex('rt_legs').insert({
        ...{ ...rest, call_id: `c${++n}`, n: 1, dialled, outcome: 'in_progress' },
        ...{ started_at: toDb(NOON - 1), answered_at: toDb(answeredAt), ended_at: toDb(endedAt) },
      });

    it('counts begun minutes of today, of calls that run too, and not what nobody answered', async () => {
      await finished('+79001234567', NOON - 30 * MINUTE, 4 * MINUTE + 1);
      await finished('0079001234567', NOON - 20 * MINUTE, 1);
      await finished('+79001234567', NOON - 13 * 60 * MINUTE, 500 * MINUTE);
      await finished('+79001234567', NOON - MINUTE, 500 * MINUTE, { answered_at: null });
      await finished('+79001234567', NOON - MINUTE, 500 * MINUTE, { role: 'caller', dialled: '' });
      await runs('+79001234568', NOON - 3 * MINUTE + 1);
      await runs('+79001234569', null);
      // The leg is over; its call goes on without it.
      await runs('+998005550143', NOON - 9 * MINUTE, NOON - 8 * MINUTE);
      await toll.look();
      expect(toll.alarms()).to.deep.equal([]);
      expect(toll.rule('+79001234567', now).allowed).to.equal(true);
      now += MINUTE;
      await toll.look();
      expect(toll.alarms()).to.deep.equal([
        'Calls to +7 have cost 10.00 today; the cap is 10.00. No more of them until midnight.',
      ]);
      expect(toll.rule('+79001234567', now)).to.deep.equal({ allowed: false, why: toll.alarms()[0] });
      expect(toll.rule('+998005550142', now).allowed).to.equal(true);
      expect(toll.rule('112', now).allowed).to.equal(true);
    });

    it('stops everything at the cap of the day, tells the PBX once and the audit once, and begins anew at midnight', async () => {
      await finished('+79001234567', NOON - 60 * MINUTE, 9 * MINUTE);
      await finished('+998005550142', NOON - 60 * MINUTE, 60 * MINUTE);
      for (let i = 0; i < 3; i++) await toll.look();
      const midnight = (NOON + 12 * 60 * MINUTE) / 1000;
      expect(told).to.deep.equal([`all ${midnight}`, '+7 0']);
      expect(toll.rule('+998005550142', now).allowed).to.equal(false);
      const rows = await auditStore(database.db).list({ limit: 9 });
      expect(rows.map(({ kind, target }) => [kind, target])).to.deep.equal([['toll_cap', 'all']]);
      now += 12 * 60 * MINUTE;
      await toll.look();
      expect([toll.alarms(), told.at(-1)]).to.deep.equal([[], 'all 0']);
    });
  });
}
