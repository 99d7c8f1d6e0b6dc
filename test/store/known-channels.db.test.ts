import { expect } from 'chai';
import { knownChannels, operatorsHeld, parkedChannels } from '../../src/store/known-channels.js';
import { toDb } from '../../src/store/time.js';
import { DIALECTS, emptyDatabase, type TestDb } from './databases.js';

const AT = Date.UTC(2026, 0, 15, 8);

for (const dialect of DIALECTS) {
  describe(`what the comparison asks the tables, ${dialect}`, function () {
    this.timeout(120_000);
    let test: TestDb;
    before(async () => {
      test = await emptyDatabase(dialect);
    });
    after(() => test?.remove());

    const leg = (uniqueid: string, pbx = 'pbx1', ended: number | null = null) => ({
      ...{ call_id: `${pbx}-${uniqueid}`, n: 0, pbx, uniqueid, channel: 'PJSIP/101-00000001', role: 'device' },
      ...{ operator: '101', queue: '', started_at: toDb(AT), ended_at: toDb(ended), tech: '', outcome: 'answered' },
    });

    it('knows channels that run, that ended and that are in finished calls, of this PBX only', async () => {
      const { knex } = test.db;
      await knex('rt_legs').insert([leg('1.1'), leg('1.2', 'pbx1', AT), leg('1.3', 'pbx2')]);
      await knex('cdr_legs').insert([leg('1.4', 'pbx1', AT), leg('1.5', 'pbx2', AT)]);
      const many = Array.from({ length: 1200 }, (_, n) => `7.${n}`);
      const asked = ['1.1', '1.2', '1.3', ...many, '1.4', '1.5', '1.6'];
      expect([...(await knownChannels(test.db, 'pbx1', asked))].sort()).to.deep.equal(['1.1', '1.2', '1.4']);
      expect(await knownChannels(test.db, 'pbx1', [])).to.deep.equal(new Set());
    });

    it('knows who is parked now', async () => {
      const step = (n: number, uniqueid: string, more: object) => ({
        ...{ call_id: 'pbx1-1.1', n, pbx: 'pbx1', step: 'park', operator: '', uniqueid, started_at: toDb(AT) },
        ...{ ended_at: null, what: '701', outcome: '', detail: '', source: 'hook', ...more },
      });
      await test.db
        .knex('rt_steps')
        .insert([
          step(0, '1.1', {}),
          step(1, '1.2', { ended_at: toDb(AT) }),
          step(2, '1.3', { step: 'hold' }),
          step(3, '1.4', { pbx: 'pbx2' }),
        ]);
      expect(await parkedChannels(test.db, 'pbx1')).to.deep.equal(new Set(['1.1']));
    });

    it('knows the operators, a wrap-up over what lies under it', async () => {
      const row = (operator: string, more: object) => ({
        ...{ pbx: 'pbx1', operator, presence: 'ready', since: toDb(AT), reason: '', queues: 'sales', last_event: 'x' },
        ...more,
      });
      const wrapup = { wrapup_since: toDb(AT + 5000), wrapup_until: toDb(AT + 25_000) };
      await test.db
        .knex('rt_operators')
        .insert([row('101', {}), row('103', { presence: 'paused', reason: 'lunch' }), row('104', { pbx: 'pbx2' })]);
      await test.db.knex('rt_operators').insert([row('102', wrapup), row('105', { presence: 'offline', ...wrapup })]);
      const held = await operatorsHeld(test.db, 'pbx1');
      expect(held.sort((a, b) => (a.operator < b.operator ? -1 : 1))).to.deep.equal([
        { operator: '101', presence: 'ready', since: AT, reason: '', wrapupUntil: null },
        { operator: '102', presence: 'wrap_up', since: AT + 5000, reason: '', wrapupUntil: AT + 25_000 },
        { operator: '103', presence: 'paused', since: AT, reason: 'lunch', wrapupUntil: null },
        { operator: '105', presence: 'offline', since: AT, reason: '', wrapupUntil: null },
      ]);
    });
  });
}
