import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { formatLine } from '../../src/call/event.js';
import { rebuild } from '../../src/record/rebuild.js';
import { migrate } from '../../src/store/migrate.js';
import { readCall } from '../../src/store/read-call.js';
import { toDb } from '../../src/store/time.js';
import { eventsOf, folded } from '../record/pieces.js';
import { T0 } from '../stories/story.js';
import { DIALECTS, emptyDatabase, MIGRATIONS } from './databases.js';

/** What a call of the first version left: its events, and rows in the columns of then. */
const call = { call_id: 'pbx1-1', pbx: 'pbx1' };
const OLD: Record<string, Record<string, unknown>> = {
  cdr_calls: {
    ...{
      ...call,
      direction: 'in',
      caller_number: '+998000000101',
      caller_name: '',
      dialled: '5551000',
      trunk: 'trunk',
    },
    ...{ operator: '', click_id: '', linkedid: '1', started_at: toDb(T0), answered_at: toDb(T0 + 1000) },
    ...{
      ended_at: toDb(T0 + 3000),
      duration_ms: 3000,
      wait_ms: 900,
      talk_ms: 2000,
      outcome: 'answered',
      ended_by: 'caller',
    },
    ...{ events: 6, odd: '' },
  },
  cdr_legs: {
    ...{ ...call, n: 0, uniqueid: 'u1', channel: 'PJSIP/101-1', role: 'device', operator: '101', queue: 'sales' },
    ...{
      started_at: toDb(T0),
      answered_at: toDb(T0 + 1000),
      ended_at: toDb(T0 + 3000),
      cause: 16,
      tech: '',
      outcome: 'answered',
    },
  },
  cdr_visits: {
    ...{
      call_id: 'pbx1-1',
      n: 0,
      queue: 'sales',
      entered_at: toDb(T0 + 100),
      priority: null,
      answered_at: toDb(T0 + 1000),
    },
    ...{ operator: '101', left_at: null, outcome: 'answered', wait_ms: 900 },
  },
  cdr_offers: {
    ...{ call_id: 'pbx1-1', n: 0, visit: 0, queue: 'sales', operator: '101', uniqueid: 'u1', offered_at: toDb(T0) },
    ...{ ended_at: toDb(T0 + 1000), ring_ms: 1000, outcome: 'answered' },
  },
  cdr_talks: {
    ...{ call_id: 'pbx1-1', n: 0, operator: '101', party: '+998000000101', queue: 'sales', uniqueid: 'u1' },
    ...{ started_at: toDb(T0 + 1000), ended_at: toDb(T0 + 3000), talk_ms: 2000, ended_by: 'party' },
  },
  rt_operators: {
    ...{ pbx: 'pbx1', operator: '101', presence: 'ready', since: toDb(T0), reason: '', queues: 'sales' },
    ...{ queues_since: toDb(T0), last_event: 'e1', idle_since: toDb(T0 + 3000) },
  },
};

for (const dialect of DIALECTS) {
  describe(`upgrade of filled tables on ${dialect}`, () => {
    it('keeps what stands, gives everything its PBX, and lets a rebuild fill in the rest', async () => {
      const folder = temporaryFolder('upgrade');
      const bare = await emptyDatabase(dialect, true);
      try {
        const first = join(folder, 'first');
        mkdirSync(first);
        for (const name of readdirSync(MIGRATIONS).filter((n) => n < '0003'))
          copyFileSync(join(MIGRATIONS, name), join(first, name));
        await migrate(bare.db, first);
        const k = bare.db.knex;
        for (const [table, row] of Object.entries(OLD)) await k(table).insert(row);
        // Two calls that are one story: the version before wrote down their events alone.
        const joined = eventsOf(['81']);
        for (const event of joined)
          await k('events').insert({
            ...{ id: event.id, call_id: event.call, pbx: event.pbx, event: event.event, at: toDb(event.at) },
            ...{ received_at: toDb(event.at), line: formatLine({ ...event, v: 1 }) },
          });

        await migrate(bare.db, MIGRATIONS);
        expect(await readCall(bare.db, 'pbx1-1')).to.deep.include({ id: 'pbx1-1', joined: [], parent: '', steps: [] });
        for (const table of ['cdr_visits', 'cdr_offers', 'cdr_talks'])
          expect(await k(table).pluck('pbx'), table).to.deep.equal(['pbx1']);
        expect(await k('rt_operators').first()).to.deep.include({
          presence: 'ready',
          queues: 'sales',
          wrapup_until: null,
        });

        await rebuild(bare.db, { dryRun: false });
        const [story] = folded(joined);
        expect(await readCall(bare.db, story?.joined[0] ?? '')).to.deep.equal(story);
        expect(await readCall(bare.db, 'pbx1-1'), 'whose events are gone').to.deep.include({ outcome: 'answered' });
        expect((await rebuild(bare.db, { dryRun: true })).operators).to.deep.equal([]);
      } finally {
        await bare.remove();
        removeFolder(folder);
      }
    });
  });
}
